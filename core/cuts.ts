import type { AsOfCandidate } from './as-of.ts';
import type { DerivedDataset } from './dataset.ts';
import type { Part } from './graph.ts';
import { EMPTY_LEDGER, type LedgerState, type Version } from './ledger.ts';
import { mergeSource, pendingInputs } from './pending.ts';
import { type Ledgers, ledgerOf, stalePartitions } from './staleness.ts';

/** One version per table of a pipeline, all of which fit together. Stored put-if-absent under its number. */
export interface Cut {
  readonly format: 1;
  readonly pipeline: string;
  /** From 1 on, without gaps. */
  readonly number: number;
  readonly versions: Readonly<Record<string, Version>>;
}

/** Why these ledgers are no cut; for people, and to know what to do next. */
export interface CutProblem {
  readonly dataset: string;
  readonly problem: 'stale' | 'ahead' | 'backwards';
  readonly detail: string;
}

export type Narrow = (dataset: DerivedDataset, candidates: readonly AsOfCandidate[]) => Promise<readonly string[]>;

/**
 * Do these ledgers fit together? Every derived table must be fresh against the derived tables here, and none may have been
 * built from a newer version of another than the one here: ledgers are loaded one after the other while others commit.
 * Sources, and what other pipelines own, may be ahead.
 * @param narrow of perhaps-stale partitions, those that really hold the changed keys
 */
export async function cutProblems(part: Part, ledgers: Ledgers, narrow: Narrow): Promise<CutProblem[]> {
  const derived = new Set(part.derived.map((d) => d.name));
  const problems: CutProblem[] = [];
  for (const dataset of part.derived) {
    const { name } = dataset;
    const ahead = aheadOf(dataset, ledgers);
    if (ahead) problems.push({ dataset: name, problem: 'ahead', detail: ahead });
    const { stale, candidates } = stalePartitions(dataset, ledgers, '', { inputs: derived });
    const names = [...stale.map((s) => s.partition), ...(candidates.length ? await narrow(dataset, candidates) : [])];
    if (names.length > 0) problems.push({ dataset: name, problem: 'stale', detail: names.slice(0, 5).join(', ') });
  }
  return problems;
}

function aheadOf(dataset: DerivedDataset, ledgers: Ledgers): string | undefined {
  const own = ledgerOf(ledgers, dataset.name);
  for (const input of new Set(Object.values(dataset.inputs).map((i) => i.dataset.name))) {
    const { version } = ledgerOf(ledgers, input);
    for (const [partition, { inputs }] of own.partitions) {
      const built = inputs[input] ?? -1;
      if (built > version) return `${partition} was built from ${input} version ${built}`;
    }
  }
  if (dataset.write.kind !== 'merge') return undefined;
  const source = mergeSource(dataset).name;
  for (const [partition, { version }] of own.marks) {
    if (version > ledgerOf(ledgers, source).version) return `${partition} was merged from ${source} version ${version}`;
  }
  return undefined;
}

/**
 * The cut after the previous one, from ledgers without problems. Undefined: no derived table moved, the previous one still holds.
 * @param previous the newest cut there is; the new one takes the next number, so that of two makers one must look again
 * @param closed partitions that were open in the previous cut are not any more (`closedSince`): they are due to be
 * published, although no derived table moved
 */
export function nextCut(
  part: Part,
  ledgers: Ledgers,
  previous: Cut | undefined,
  { closed = false }: { readonly closed?: boolean } = {},
): Cut | CutProblem | undefined {
  const tables = [...part.sources, ...part.derived].map((d) => d.name);
  const versions = Object.fromEntries(tables.map((name) => [name, ledgerOf(ledgers, name).version]));
  const known = previous?.versions ?? {};
  const back = tables.find((name) => versions[name]! < (known[name] ?? -1));
  if (back) {
    // A maker that was paused between loading its ledgers and writing must not undo what was cut meanwhile.
    const detail = `version ${versions[back]} is older than ${known[back]} in cut ${previous!.number}`;
    return { dataset: back, problem: 'backwards', detail };
  }
  const same = previous && part.derived.every(({ name }) => versions[name] === known[name]);
  if (same && !closed) return undefined;
  return { format: 1, pipeline: part.pipeline, number: (previous?.number ?? 0) + 1, versions };
}

/** Source dataset -> partition -> the content version that a run committed or found. */
export type Wanted = Readonly<Record<string, Readonly<Record<string, Version>>>>;

/** Do tables with these ledgers hold what a run brought, so that it may go on? Asked of the ledgers that made a cut. */
export function contains(part: Part, ledgers: Ledgers, wanted: Wanted): boolean {
  const brought = new Map(Object.entries(wanted).map(([source, versions]) => [source, ledgerWith(versions)]));
  const inputs = new Set(brought.keys());
  return part.derived.every((dataset) => {
    const seen = new Map([...brought, [dataset.name, ledgerOf(ledgers, dataset.name)]]);
    if (stalePartitions(dataset, seen, '', { inputs }).stale.length > 0) return false;
    const source = dataset.write.kind === 'merge' ? brought.get(mergeSource(dataset).name) : undefined;
    return !source || pendingInputs(ledgerOf(ledgers, dataset.name), source).length === 0;
  });
}

function ledgerWith(versions: Readonly<Record<string, Version>>): LedgerState {
  const state = (version: Version) => ({
    digest: '',
    rows: 0,
    contentVersion: version,
    builtVersion: version,
    inputs: {},
    contentHash: '',
  });
  const partitions = new Map(Object.entries(versions).map(([name, version]) => [name, state(version)]));
  return { ...EMPTY_LEDGER, version: Math.max(-1, ...Object.values(versions)), partitions };
}
