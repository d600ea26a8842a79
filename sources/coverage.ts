import { durationMillis, earliest, type Instant, instantFromMicros, latest, microsOf, shift } from '../core/instant.ts';
import { type Interval, intervalOf, partitionAt } from '../core/interval.ts';
import type { CoverageEntry } from '../core/ledger.ts';
import type { Extraction } from '../core/source.ts';
import type { ExtractRequest } from './extraction.types.ts';

/** What was learned about the source's time at the moment of the snapshot. */
export interface Look {
  /** The server's clock just before the snapshot. */
  readonly at: Instant;
  /** The caller's now: equals `at` unless time is simulated. */
  readonly observedAt: Instant;
  readonly position: string;
  /** Start of the oldest transaction that may still bring rows; null where nobody can tell. Database clocks only. */
  readonly oldestOpen: Instant | null;
  /** Least and greatest cursor of the whole table; null when it is empty. */
  readonly least: Instant | null;
  readonly greatest: Instant | null;
}

/**
 * What an extraction may say about the time it looked at.
 * - Snapshot: the UTC day it was taken in, settled up to the moment it was taken.
 * - Database clock: covered up to the snapshot; settled up to the oldest open transaction less the skew. Where nobody can
 *   tell (prepared transactions hide their start; a standby does not know the primary's) nothing more becomes settled.
 * - Application clock: its time need not be the wall clock's, so it is covered up to the greatest cursor seen, or up to
 *   the end of the asked range as far as that is not after now; settled up to the greatest cursor less the lateness.
 */
export function coverageOf(extraction: Extraction, request: ExtractRequest, look: Look): CoverageEntry {
  const stamp = { position: look.position, observedAt: look.observedAt };
  if (extraction.kind === 'snapshot') {
    const covered = intervalOf(partitionAt(look.observedAt, 'day'), 'day');
    return { covered, settledTo: look.observedAt, ...stamp };
  }
  const { clock } = extraction;
  const settled =
    clock.kind === 'database'
      ? look.oldestOpen && shift(look.oldestOpen, -durationMillis(clock.skew))
      : look.greatest && shift(look.greatest, -durationMillis(clock.lateness));
  const start = request.lower ?? bootstrapStart(look, settled);
  const end =
    clock.kind === 'database'
      ? earliest(request.upper ?? look.at, look.at)
      : (request.upper ?? applicationEnd(request, look));
  const covered = { start, end: latest(start, end) };
  return { covered, settledTo: within(covered, settled), ...stamp };
}

/** When a key that this look does not find is said to have gone: on the cursor's clock, after every cursor it saw. */
export function deletionTime(extraction: Extraction, request: ExtractRequest, look: Look): Instant {
  const simulated = extraction.kind === 'cursor' && extraction.clock.kind === 'application';
  return simulated ? applicationEnd(request, look) : look.observedAt;
}

/** Not later than what is settled: a row that is still to come may be older than the oldest one seen. */
function bootstrapStart(look: Look, settled: Instant | null): Instant {
  const least = look.least ?? look.observedAt;
  return settled === null ? least : earliest(least, settled);
}

function applicationEnd(request: ExtractRequest, look: Look): Instant {
  const asked = earliest(request.rangeEnd ?? look.observedAt, look.observedAt);
  return look.greatest ? latest(asked, instantFromMicros(microsOf(look.greatest) + 1n)) : asked;
}

function within(covered: Interval, moment: Instant | null): Instant {
  return moment === null ? covered.start : latest(covered.start, earliest(moment, covered.end));
}
