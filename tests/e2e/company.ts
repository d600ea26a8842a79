import { fileURLToPath } from 'node:url';
import { WorkflowFailedError } from '@temporalio/client';
import project from '../../config/project.ts';
import { intervalOf, resolveRange } from '../../core/interval.ts';
import type { Project } from '../../core/project.ts';
import { workflowIds } from '../../core/workflow-ids.ts';
import type { S3Address, TemporalAddress } from '../../services/service.types.ts';
import type { ServedProject } from '../../workers/compose.ts';
import type { BackfillSummary } from '../../workflows/backfill.workflow.ts';
import type { RunSummary } from '../../workflows/run.workflow.ts';
import { freshName } from '../servers.fresh.ts';
import { type CompanySources, dateOfDay } from './company.sources.ts';
import { Installation, type Prepared, prepare } from './installation.ts';

export const PIPELINE = 'daily_oltp_to_olap';

export const served: ServedProject = {
  project,
  sqlRoot: fileURLToPath(new URL('../../warehouse-sql', import.meta.url)),
};

export interface CompanyOptions {
  readonly sources: CompanySources;
  readonly temporal: TemporalAddress['temporal'];
  /** Default: a folder. */
  readonly s3?: S3Address;
  /** Default: the project as it ships. */
  readonly project?: Project;
  /** What else the worker is told. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Strata at the payments company. Its time follows the days that are run. */
export class Company extends Installation {
  readonly sources: CompanySources;
  override now: string = `${dateOfDay(2)}T02:00:00Z`;

  private constructor(prepared: Prepared, sources: CompanySources) {
    super(prepared);
    this.sources = sources;
  }

  static async open({ sources, variables, project: own = project, ...options }: CompanyOptions): Promise<Company> {
    const all = { ...sources.variables, ...variables };
    return new Company(await prepare({ ...options, served: { ...served, project: own }, variables: all }), sources);
  }

  /** The night after a day, at two: the pipeline over that day. */
  async nightly(day: number): Promise<RunSummary> {
    this.now = `${dateOfDay(day + 1)}T02:00:00Z`;
    return this.run({ from: dateOfDay(day) });
  }

  /** The look for drift that the run of days up to this one left behind has ended, however. */
  async lookedForDrift(lastDay: number): Promise<void> {
    const id = workflowIds.retrain(this.settings.env, 'payment_fraud', dateOfDay(lastDay + 1));
    await this.client.workflow
      .getHandle(id)
      .result()
      .catch((error) => {
        if (!(error instanceof WorkflowFailedError)) throw error;
      });
  }

  /** @param input as a person writes it */
  async run(input: { from: string; to?: string }): Promise<RunSummary> {
    const last = input.to ?? input.from;
    const range = { start: intervalOf(input.from, 'day').start, end: intervalOf(last, 'day').end };
    return this.execute(PIPELINE, workflowIds.run(this.settings.env, PIPELINE, range), input);
  }

  /** The weeks that hold these days, as they are now in the lake. */
  async weekly(from: string, to: string): Promise<RunSummary> {
    const name = 'weekly_customer_segmentation';
    const range = resolveRange(from, to, 'week');
    return this.execute(name, workflowIds.run(this.settings.env, name, range), { from, to });
  }

  /** Inclusive days, in the night after the last. */
  async backfill(from: number, to: number, more: object = {}): Promise<BackfillSummary> {
    this.now = `${dateOfDay(to + 1)}T02:00:00Z`;
    const input = { pipeline: PIPELINE, from: dateOfDay(from), to: dateOfDay(to), ...more };
    return this.execute('backfill', `backfill/${this.settings.env}/${PIPELINE}/${freshName('n')}`, input);
  }
}
