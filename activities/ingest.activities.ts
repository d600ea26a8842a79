import { Context } from '@temporalio/activity';
import { admit } from '../core/claims.ts';
import { nextLook, refuseOlderSnapshot } from '../core/coverage.ts';
import type { SourceDataset } from '../core/dataset.ts';
import type { Instant } from '../core/instant.ts';
import { type Interval, partitionsIn } from '../core/interval.ts';
import { lakeColumns } from '../core/lake-columns.ts';
import { type Claim, LEDGER_FORMAT, type LedgerEntry, type LedgerState, type Version } from '../core/ledger.ts';
import type { Staged } from '../core/ports.ts';
import { extract } from '../sources/extract.ts';
import type { ExtractRequest } from '../sources/extraction.types.ts';
import { lowWaterOf } from '../sources/low-water.ts';
import { type Attempt, withAttempt } from './attempt.ts';
import { BronzeRule } from './bronze-rule.ts';
import type { Platform } from './platform.ts';
import type { IngestResult } from './run.types.ts';

export interface IngestActivityInput {
  readonly dataset: string;
  readonly interval: Interval;
  readonly claim: Claim;
}

/** More content versions than these are not listed in a result; whoever needs them waits for all. */
const MOST_PARTITIONS = 1000;

export function createIngestActivities(platform: Platform) {
  const { definitions, lake, temp } = platform;

  /** From the source to bronze in one commit. Safe to run twice: the second finds what the first committed. */
  async function ingest({ dataset: name, interval, claim }: IngestActivityInput): Promise<IngestResult> {
    const started = Date.now();
    const dataset = definitions.source(name);
    const table = lake.table(name);
    const { ledger } = await table.load();
    const admission = admit(ledger, claim, []);
    if (admission.kind === 'done') {
      const entry = await table.entryAt(admission.version);
      return resultOf(name, admission.version, entry, ledger, interval, started);
    }
    return withAttempt(temp, async (attempt) => {
      const staged = await look(dataset, ledger, interval, attempt);
      const rule = new BronzeRule(platform, dataset, staged, attempt);
      try {
        const { version, entry } = await table.commit({
          claim,
          partitions: [],
          columns: lakeColumns(dataset),
          prepare: async (state) => {
            if (dataset.extraction.kind === 'snapshot') {
              refuseOlderSnapshot(name, state.ledger, staged.coverage.position);
            }
            const { adds, partitions, counts, bytes } = await rule.apply(state);
            const entry: LedgerEntry = {
              format: LEDGER_FORMAT,
              kind: 'ingest',
              claim,
              partitions,
              coverage: staged.coverage,
              counts: { ...counts, bytes, millis: Date.now() - started },
            };
            return { adds, removes: [], entry };
          },
        });
        return resultOf(name, version, entry, (await table.load()).ledger, interval, started);
      } finally {
        await rule.close();
      }
    });
  }

  async function look(
    dataset: SourceDataset,
    ledger: LedgerState,
    interval: Interval,
    { directory }: Attempt,
  ): Promise<Staged> {
    const context = Context.current();
    const connection = platform.source(dataset.source);
    const request = await requestFor(dataset, ledger, interval);
    return extract(dataset, request, connection, {
      directory,
      openSession: (signal) => platform.openSession(signal),
      signal: context.cancellationSignal,
      heartbeat: (progress) => context.heartbeat(progress),
      ...(platform.simulatedNow !== undefined && { now: platform.simulatedNow }),
    });
  }

  async function requestFor(dataset: SourceDataset, ledger: LedgerState, interval: Interval): Promise<ExtractRequest> {
    if (dataset.extraction.kind === 'snapshot') return { lower: null, upper: null, rangeEnd: interval.end };
    // Without a mark nothing is known to be complete: then everything from the lower bound on is read.
    const mark: Instant = (await lowWaterOf(dataset, platform.source(dataset.source))) ?? interval.start;
    const { lower, upper } = nextLook(ledger, interval, mark);
    return { lower, upper: upper ?? null, rangeEnd: interval.end };
  }

  return { ingest };
}

export type IngestActivities = ReturnType<typeof createIngestActivities>;

function resultOf(
  dataset: string,
  version: Version,
  entry: LedgerEntry | undefined,
  after: LedgerState,
  interval: Interval,
  started: number,
): IngestResult {
  const counts = entry?.counts;
  return {
    dataset,
    version,
    partitions: contentOf(after, Object.keys(entry?.partitions ?? {}), interval),
    rowsIn: counts?.rowsIn ?? 0,
    rowsOut: counts?.rowsOut ?? 0,
    bytes: counts?.bytes ?? 0,
    millis: Date.now() - started,
  };
}

/** Content versions of what this ingest wrote and of what was there already in its range: both must be in the cut. */
function contentOf(ledger: LedgerState, written: readonly string[], interval: Interval): IngestResult['partitions'] {
  const names = new Set([...written, ...partitionsIn(interval, 'day')]);
  const versions = [...names].flatMap((name): [string, Version][] => {
    const state = ledger.partitions.get(name);
    return state ? [[name, state.contentVersion]] : [];
  });
  return versions.length > MOST_PARTITIONS ? 'all' : Object.fromEntries(versions);
}
