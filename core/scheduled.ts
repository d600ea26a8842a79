import { StrataError } from './errors.ts';
import type { Schedule } from './pipeline.ts';
import type { Project } from './project.ts';
import { suggestion } from './suggest.ts';

/** Names and meanings are Temporal's: what happens when it is due and the one before still runs. */
export type Overlap =
  /** It waits: no interval may be left out. */
  | 'BUFFER_ALL'
  /** It is left out: the one that runs, or the next, does its work too. */
  | 'SKIP'
  /** It starts beside it. */
  | 'ALLOW_ALL';

/** A workflow that the clock starts. */
export interface Scheduled {
  /** Of the schedule: the pipeline's, or `hourly_fraud_detection/payment_fraud`. */
  readonly name: string;
  readonly schedule: Schedule;
  /** Workflow type. */
  readonly workflow: string;
  /** Before the time that Temporal appends. */
  readonly workflowId: (env: string) => string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly overlap: Overlap;
  /** Longest outage after which missed starts are still made up for. */
  readonly catchupHours: number;
}

type Policy = Pick<Scheduled, 'overlap' | 'catchupHours'>;

/** Older intervals are a backfill's. */
const PIPELINES: Policy = { overlap: 'BUFFER_ALL', catchupHours: 7 * 24 };

/** Everything of a project that has a schedule. */
export function scheduledOf({ pipelines, retrainings = [] }: Project): Scheduled[] {
  return [
    ...pipelines.flatMap(({ name, schedule }): Scheduled[] => {
      const workflowId = (env: string) => `run/${env}/${name}/scheduled`;
      const what = { name, workflow: name, workflowId, input: {} };
      return schedule ? [{ ...what, schedule, ...PIPELINES }] : [];
    }),
    ...retrainings.flatMap(({ model, schedule, scoring }) => {
      const of = (workflow: string, kind: string, at: Schedule | undefined, policy: Policy): Scheduled[] => {
        const workflowId = (env: string) => `${kind}/${env}/${model}/scheduled`;
        const what = { name: `${workflow}/${model}`, workflow, workflowId, input: { model } };
        return at ? [{ ...what, schedule: at, ...policy }] : [];
      };
      return [
        // One that waits for a person, or watches a new champion, is no reason not to look for drift.
        ...of('drift_and_retrain', 'retrain', schedule, { overlap: 'ALLOW_ALL', catchupHours: 24 }),
        ...of('hourly_fraud_detection', 'score', scoring?.schedule, { overlap: 'SKIP', catchupHours: 1 }),
      ];
    }),
  ];
}

/** @throws bad_input naming those there are */
export function scheduledNamed(project: Project, name: string): Scheduled {
  const all = scheduledOf(project);
  const found = all.find((each) => each.name === name);
  if (found) return found;
  const names = all.map((each) => each.name);
  throw new StrataError('bad_input', `Nothing with a schedule is named ${name}`, { hint: suggestion(name, names) });
}
