import { z } from 'zod';
import { StrataError } from '../core/errors.ts';
import { pipelineNamed } from '../core/graph.ts';
import { type Instant, shift } from '../core/instant.ts';
import { type Interval, intervalOf, partitionAt, printInterval, resolveRange } from '../core/interval.ts';
import type { Pipeline } from '../core/pipeline.ts';
import type { Project } from '../core/project.ts';
import type { Reprocess } from '../core/staleness.ts';
import { suggestion } from '../core/suggest.ts';

const REPROCESS = ['none', 'failed', 'stale', 'completed'] as const satisfies readonly Reprocess[];
const MOST_ACTIVE = 64;

const range = {
  /** First day (hour, week, month) of the range. */
  from: z.string().optional(),
  /** Last one, inclusive; default: `from`. */
  to: z.string().optional(),
  params: z.record(z.string(), z.unknown()).optional(),
};
const runShape = z.strictObject(range);
const backfillShape = z.strictObject({
  ...range,
  pipeline: z.string(),
  from: z.string(),
  to: z.string(),
  reprocess: z.enum(REPROCESS).default('none'),
  maxActive: z.int().min(1).max(MOST_ACTIVE).default(4),
  newestFirst: z.boolean().default(false),
});

const publicationShape = z.strictObject({ pipeline: z.string(), cut: z.int().min(1) });

/** What a run is asked to do, checked. */
export interface CheckedInput {
  readonly pipeline: Pipeline;
  readonly interval: Interval;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface CheckedBackfill extends CheckedInput {
  readonly reprocess: Reprocess;
  readonly maxActive: number;
  readonly newestFirst: boolean;
}

/**
 * @param nominal when a schedule meant to fire: its run does the interval that had just ended then
 * @throws bad_input that says what is valid
 */
export function checkRun(
  project: Project,
  name: string,
  input: unknown,
  { nominal, now }: { nominal: Instant | undefined; now: Instant },
): CheckedInput {
  const pipeline = pipelineNamed(project, name);
  const { from, to, params } = parse(
    runShape,
    input ?? {},
    '{"from":"2026-11-20"} or {"from":"2026-11-01","to":"2026-11-11"}',
  );
  const checked = { pipeline, params: checkParams(pipeline, params ?? {}) };
  if (from === undefined && to === undefined && nominal !== undefined) {
    return { ...checked, interval: endedBefore(nominal, pipeline) };
  }
  if (from === undefined) {
    throw new StrataError('bad_input', `${name}: from is missing`, {
      hint: 'Write {"from":"2026-11-20"}, with "to" for more than one; both are inclusive. Only a schedule may leave them out.',
    });
  }
  const interval = resolveRange(from, to ?? from, pipeline.grain);
  refuseOutside(pipeline, interval, now);
  return { ...checked, interval };
}

/** @throws bad_input that says what is valid */
export function checkBackfill(project: Project, input: unknown, now: Instant): CheckedBackfill {
  const example = '{"pipeline":"...","from":"2026-11-01","to":"2026-11-11"}';
  const { pipeline: name, from, to, params, ...rest } = parse(backfillShape, input ?? {}, example);
  const pipeline = pipelineNamed(project, name);
  const interval = resolveRange(from, to, pipeline.grain);
  refuseOutside(pipeline, interval, now);
  const checked = checkParams(pipeline, params ?? {});
  const whole = checked.fullRefresh === true && { reprocess: 'completed' as const };
  return { pipeline, interval, params: checked, ...rest, ...whole };
}

/** @throws bad_input that says what is valid */
export function checkPublication(
  project: Project,
  input: unknown,
): { pipeline: Pipeline; publishTo: string; cut: number } {
  const { pipeline: name, cut } = parse(publicationShape, input ?? {}, '{"pipeline":"...","cut":12}');
  const pipeline = pipelineNamed(project, name);
  if (!pipeline.publish) {
    const others = project.pipelines.filter(({ publish }) => publish).map((p) => p.name);
    throw new StrataError('bad_input', `${name} publishes nothing`, {
      hint: others.length > 0 ? `These do: ${others.join(', ')}.` : 'Give it `publish: { to: ... }`.',
    });
  }
  return { pipeline, publishTo: pipeline.publish.to, cut };
}

/** The last whole interval before a moment: at 02:00 of a day, the day before. */
function endedBefore(nominal: Instant, { grain }: Pipeline): Interval {
  const { start } = intervalOf(partitionAt(nominal, grain), grain);
  return intervalOf(partitionAt(shift(start, -1), grain), grain);
}

function refuseOutside(pipeline: Pipeline, interval: Interval, now: Instant): void {
  const first = intervalOf(partitionAt(pipeline.start, pipeline.grain), pipeline.grain).start;
  if (interval.start < first) {
    throw new StrataError('bad_input', `${printInterval(interval)} begins before ${pipeline.name} does`, {
      hint: `The pipeline starts on ${first.slice(0, 10)}.`,
    });
  }
  const lastBegins = intervalOf(partitionAt(shift(interval.end, -1), pipeline.grain), pipeline.grain).start;
  if (lastBegins > now) {
    throw new StrataError('bad_input', `${printInterval(interval)} lies in the future`, {
      hint: `It is ${now.slice(0, 16)}Z; the last ${pipeline.grain} that can be asked for is ${partitionAt(now, pipeline.grain)}.`,
    });
  }
}

function checkParams(pipeline: Pipeline, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const shape = pipeline.params;
  const valid = Object.keys(shape?.shape ?? {});
  const unknown = Object.keys(given).find((name) => !valid.includes(name));
  if (unknown !== undefined) {
    throw new StrataError('bad_input', `${pipeline.name} has no parameter ${unknown}`, {
      hint: suggestion(unknown, valid),
    });
  }
  if (!shape) return {};
  const parsed = shape.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new StrataError('bad_input', `Parameters of ${pipeline.name}: ${issues(parsed.error)}`, {
    hint: `Its parameters are: ${valid.join(', ')}.`,
  });
}

function parse<T>(shape: z.ZodType<T>, input: unknown, example: string): T {
  const parsed = shape.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new StrataError('bad_input', `The input cannot be used: ${issues(parsed.error)}`, {
    hint: `An example: ${example}.`,
  });
}

const issues = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message)).join('; ');
