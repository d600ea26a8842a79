import { type AsOfCandidate, asOfCandidates } from './as-of.ts';
import type { DerivedDataset } from './dataset.ts';
import { memberInputs } from './history.ts';
import type { Interval } from './interval.ts';
import { EMPTY_LEDGER, type LedgerState, type PartitionState, type Version } from './ledger.ts';
import { mentionCandidates } from './mentions.ts';
import { belongs, fixedPartitions, type InputView, inputView, inRange, leftovers } from './partitions.ts';

/** Dataset -> its ledger; a dataset without one does not exist yet. */
export type Ledgers = ReadonlyMap<string, LedgerState>;
export const ledgerOf = (ledgers: Ledgers, dataset: string): LedgerState => ledgers.get(dataset) ?? EMPTY_LEDGER;

/**
 * What is rebuilt beyond what is data-stale. `none`, `failed`: nothing (a failed build left its partition stale, so it is
 * due anyway). `stale`: what other code built. `completed`: everything in the range.
 */
export type Reprocess = 'none' | 'failed' | 'stale' | 'completed';

/** Why a partition is due. `asked`: by `--reprocess completed`. */
export type StaleReason = 'missing' | 'data' | 'code' | 'asked';

export interface Stale {
  readonly partition: string;
  readonly reason: StaleReason;
  /** The input that moved. */
  readonly because?: { readonly input: string; readonly partition?: string; readonly version?: Version };
}

export interface StaleOptions {
  readonly reprocess?: Reprocess;
  /** `reprocess` acts inside this range only; default everywhere. */
  readonly range?: Interval | undefined;
  /** For `completed`: what was built after this version of the table has been done already. */
  readonly since?: Version | undefined;
  /** Look at these input datasets only. */
  readonly inputs?: ReadonlySet<string>;
}

export interface Staleness {
  readonly stale: readonly Stale[];
  /**
   * Perhaps stale: `asOf` inputs moved in a range that these hold, or an input that only mentions keys moved. Partitions in
   * `stale` are not repeated.
   */
  readonly candidates: readonly AsOfCandidate[];
}

/**
 * Output partitions to make anew. For a merge: those already there; what its source brings is in {@link pendingInputs}.
 * Compares content versions and never when something was last built: a rebuild with the same result moves nothing.
 * @param hash content hash of the dataset's definition
 */
export function stalePartitions(
  dataset: DerivedDataset,
  ledgers: Ledgers,
  hash: string,
  options: StaleOptions = {},
): Staleness {
  const own = ledgerOf(ledgers, dataset.name);
  const views = viewsOf(dataset, ledgers, options.inputs);
  const stale: Stale[] = [];
  const firm = new Set<string>();
  const add = (entry: Stale) => {
    stale.push(entry);
    firm.add(entry.partition);
  };
  // Nobody may see rows of two layouts at once, so this does not wait to be asked for as other changes of code do.
  for (const partition of leftovers(dataset.partitionBy, own)) add({ partition, reason: 'code' });
  for (const [partition, state] of own.partitions) {
    if (!belongs(dataset.partitionBy, partition)) continue;
    const entry = movedInput(partition, state, views) ?? asked(dataset, partition, state, hash, options);
    if (entry) add(entry);
  }
  if (dataset.write.kind === 'replace') for (const entry of missing(dataset, own, ledgers, views, options)) add(entry);
  const candidates = Object.values(dataset.inputs).flatMap(({ dataset: { name }, mapping }) =>
    mapping.kind === 'asOf' && (options.inputs?.has(name) ?? true)
      ? asOfCandidates(dataset, own, name, mapping.at, ledgerOf(ledgers, name).keyChanges)
      : [],
  );
  candidates.push(...mentionCandidates(dataset, ledgers, options.inputs));
  return {
    stale: stale.sort((a, b) => (a.partition < b.partition ? -1 : 1)),
    candidates: candidates.filter((c) => !firm.has(c.partition)),
  };
}

interface NamedView extends InputView {
  readonly input: string;
}

function viewsOf(dataset: DerivedDataset, ledgers: Ledgers, only: ReadonlySet<string> | undefined): NamedView[] {
  const mentioning = memberInputs(dataset);
  return Object.values(dataset.inputs)
    .filter((_, index) => dataset.write.kind !== 'merge' || index > 0)
    .filter(({ dataset: { name } }) => !mentioning.has(name) && (only?.has(name) ?? true))
    .map(({ dataset: { name, partitionBy }, mapping }) => ({
      input: name,
      ...inputView(mapping, partitionBy, dataset.partitionBy, ledgerOf(ledgers, name)),
    }));
}

function movedInput(partition: string, state: PartitionState, views: readonly NamedView[]): Stale | undefined {
  for (const view of views) {
    const built = state.inputs[view.input];
    const newest = built === undefined ? undefined : view.newest(partition);
    if (newest && newest.version > built!) {
      return { partition, reason: 'data', because: { input: view.input, ...newest } };
    }
  }
  return undefined;
}

function asked(
  dataset: DerivedDataset,
  partition: string,
  state: PartitionState,
  hash: string,
  { reprocess, range, since }: StaleOptions,
): Stale | undefined {
  if (!inRange(dataset.partitionBy, partition, range)) return undefined;
  if (reprocess === 'stale' && state.contentHash !== hash) return { partition, reason: 'code' };
  if (reprocess === 'completed' && state.builtVersion <= (since ?? state.builtVersion)) {
    return { partition, reason: 'asked' };
  }
  return undefined;
}

function missing(
  dataset: DerivedDataset,
  own: LedgerState,
  ledgers: Ledgers,
  views: readonly NamedView[],
  { inputs: only }: StaleOptions,
): Stale[] {
  const fixed = fixedPartitions(dataset.partitionBy);
  if (fixed) {
    const inputs = Object.values(dataset.inputs).map((i) => i.dataset.name);
    const filled = inputs.find((name) => (only?.has(name) ?? true) && ledgerOf(ledgers, name).partitions.size > 0);
    // A dataset without inputs, such as a calendar, is made from its SQL alone.
    if (inputs.length > 0 && filled === undefined) return [];
    const because = filled === undefined ? {} : { because: { input: filled } };
    return fixed
      .filter((name) => !own.partitions.has(name))
      .map((partition) => ({ partition, reason: 'missing', ...because }));
  }
  const found = new Map<string, Stale>();
  for (const view of views) {
    for (const partition of view.called) {
      if (own.partitions.has(partition) || found.has(partition)) continue;
      const newest = view.newest(partition);
      found.set(partition, { partition, reason: 'missing', because: { input: view.input, ...newest } });
    }
  }
  return [...found.values()];
}
