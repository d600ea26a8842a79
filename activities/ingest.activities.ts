import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { admit } from '../core/claims.ts';
import { nextLook, reachesPresent, refuseOlderSnapshot, refuseRewoundSource } from '../core/coverage.ts';
import type { SourceDataset } from '../core/dataset.ts';
import { type Interval, partitionsIn } from '../core/interval.ts';
import { lakeColumns } from '../core/lake-columns.ts';
import { type Claim, LEDGER_FORMAT, type LedgerEntry, type LedgerState, type Version } from '../core/ledger.ts';
import type { Staged } from '../core/ports.ts';
import { keySnapshotsOf } from '../core/source.ts';
import { evolve } from '../lake/delta-schema.ts';
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
/** Columns that a result names. */
const MOST_NAMED = 20;
/** At one source for one ingest. What is still missing then comes with the next. */
const MOST_LOOKS = 3;

export function createIngestActivities(platform: Platform) {
  const { definitions, lake, temp } = platform;

  /** From the source to bronze in one commit. Safe to run twice: the second finds what the first committed. */
  async function ingest({ dataset: name, interval, claim }: IngestActivityInput): Promise<IngestResult> {
    const started = Date.now();
    const dataset = definitions.source(name);
    const table = lake.table(name);
    const { ledger, columns } = await table.load();
    const admission = admit(ledger, claim, []);
    if (admission.kind === 'done') {
      const entry = await table.entryAt(admission.version);
      return resultOf(name, admission.version, entry, ledger, interval, started);
    }
    // Before anything is read, not at the commit.
    evolve(name, columns, lakeColumns(dataset));
    return withAttempt(temp, async (attempt) => {
      const { staged, rule } = await lookUntilNothingIsMissed(dataset, interval, attempt);
      try {
        const { version, entry } = await table.commit({
          claim,
          partitions: [],
          columns: lakeColumns(dataset),
          prepare: async (state) => {
            if (dataset.extraction.kind === 'snapshot' || keySnapshotsOf(dataset.extraction)) {
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
        const result = resultOf(name, version, entry, (await table.load()).ledger, interval, started);
        const undeclared = staged.undeclared.slice(0, MOST_NAMED);
        return undeclared.length === 0 ? result : { ...result, undeclared };
      } finally {
        await rule.close();
      }
    });
  }

  /** Where keys show rows that the cursor did not bring, the source is read again from the earliest of them. */
  async function lookUntilNothingIsMissed(dataset: SourceDataset, interval: Interval, attempt: Attempt) {
    const table = platform.lake.table(dataset.name);
    const { ledger: before } = await table.load();
    let request = await requestFor(dataset, before, interval);
    for (let tries = 1; ; tries++) {
      const directory = join(attempt.directory, `look-${tries}`);
      const staged = await look(dataset, request, directory);
      refuseRewoundSource(dataset, before, staged.coverage.position);
      const rule = new BronzeRule(platform, dataset, staged, attempt);
      const missed = tries < MOST_LOOKS ? await rule.missed(await table.load(), request.upper) : undefined;
      if (missed === undefined) return { staged, rule };
      await rule.close();
      await rm(directory, { recursive: true, force: true });
      request = { ...request, lower: missed };
    }
  }

  async function look(dataset: SourceDataset, request: ExtractRequest, directory: string): Promise<Staged> {
    const context = Context.current();
    return extract(dataset, request, platform.source(dataset.source), {
      directory,
      openSession: (signal) => platform.openSession(signal),
      signal: context.cancellationSignal,
      heartbeat: (progress) => context.heartbeat(progress),
      ...(platform.simulatedNow !== undefined && { now: platform.simulatedNow }),
    });
  }

  async function requestFor(dataset: SourceDataset, ledger: LedgerState, interval: Interval): Promise<ExtractRequest> {
    const { extraction } = dataset;
    if (extraction.kind === 'snapshot') return { lower: null, upper: null, rangeEnd: interval.end };
    // Without a mark nothing is known to be complete: then everything from the lower bound on is read.
    const mark = await lowWaterOf(dataset, platform.source(dataset.source));
    const { lower, upper } = nextLook(ledger, interval, mark ?? interval.start);
    const keys = keySnapshotsOf(extraction) !== undefined && reachesPresent(interval, mark);
    return { lower, upper: upper ?? null, rangeEnd: interval.end, ...(keys && { keys }) };
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
