import { StrataError } from './errors.ts';
import { type Instant, instantFromMillis, millisOf } from './instant.ts';
import { type Interval, intervalOf, partitionAt, printInterval, resolveRange } from './interval.ts';
import type { Pipeline } from './pipeline.ts';

/** What people and schedules write; both ends inclusive. */
export interface RangeInput {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

type Span = Pick<Pipeline, 'name' | 'start' | 'grain'>;

/** The newest interval that is over at this moment: what a nightly run of that moment does. */
export function lastComplete({ grain }: Pick<Span, 'grain'>, now: Instant): Interval {
  const open = intervalOf(partitionAt(now, grain), grain);
  return intervalOf(partitionAt(instantFromMillis(millisOf(open.start) - 1), grain), grain);
}

/**
 * The half-open interval that a run or backfill does. Without dates: the last complete one; with `from` alone: that one.
 * @throws bad_input for dates that do not exist, are reversed, lie before the pipeline's start or in the future
 */
export function resolveRunRange(pipeline: Span, { from, to }: RangeInput, now: Instant): Interval {
  const { name, start, grain } = pipeline;
  const valid = validRange(pipeline, now);
  if (from === undefined && to !== undefined) {
    throw new StrataError('bad_input', 'There is an end but no start of the range', {
      hint: `Give --from too. ${valid}`,
    });
  }
  const range = from === undefined ? lastComplete(pipeline, now) : resolveRange(from, to ?? from, grain);
  if (range.start < start) {
    throw new StrataError('bad_input', `${printInterval(range)} begins before ${name} does`, { hint: valid });
  }
  const last = partitionAt(instantFromMillis(millisOf(range.end) - 1), grain);
  if (intervalOf(last, grain).start > now) {
    throw new StrataError('bad_input', `${to ?? from} is in the future`, { hint: valid });
  }
  return range;
}

function validRange({ start, grain, name }: Span, now: Instant): string {
  if (start > now) return `${name} starts on ${partitionAt(start, grain)}, which is in the future.`;
  return `Valid: ${partitionAt(start, grain)} to ${partitionAt(now, grain)} (UTC, both inclusive).`;
}
