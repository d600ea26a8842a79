import type { AsOfCandidate } from './as-of.ts';
import type { DerivedDataset } from './dataset.ts';
import { memberInputs } from './history.ts';
import { EMPTY_LEDGER, type LedgerState, type Version } from './ledger.ts';
import { belongs } from './partitions.ts';

/** An input in which natural keys are mentioned, and what of it moved. */
export interface Mentioning {
  /** Input dataset. */
  readonly input: string;
  /** Its columns that hold natural keys. */
  readonly columns: readonly string[];
  readonly version: Version;
  /** Partitions whose content is newer than what some candidate was built from. */
  readonly moved: readonly string[];
}

/**
 * Asked of who can read rows: which of these partitions of a history lack a key that a moved partition mentions, or hold an
 * inferred member that nobody mentions any more?
 */
export interface LacksMentions {
  readonly dataset: string;
  /** Of the dataset: look at its files at this version. */
  readonly version: Version;
  readonly partitions: readonly string[];
  /** All inputs of `members`, those that did not move too. */
  readonly mentions: readonly Mentioning[];
}

type Ledgers = ReadonlyMap<string, LedgerState>;

/**
 * Partitions of a history built before an input that only mentions keys moved. That input hardly ever mentions a new one:
 * a look at keys tells, and saves making every dimension anew each night.
 */
export function mentionCandidates(
  dataset: DerivedDataset,
  ledgers: Ledgers,
  only: ReadonlySet<string> | undefined,
): AsOfCandidate[] {
  const own = ledgers.get(dataset.name) ?? EMPTY_LEDGER;
  const found: AsOfCandidate[] = [];
  for (const input of memberInputs(dataset)) {
    if (!(only?.has(input) ?? true)) continue;
    const newest = newestContent(ledgers.get(input) ?? EMPTY_LEDGER);
    for (const [partition, { inputs }] of own.partitions) {
      if (!belongs(dataset.partitionBy, partition)) continue;
      const since = inputs[input] ?? -1;
      if (newest > since) found.push({ partition, input, since });
    }
  }
  return found;
}

/** @param candidates of this dataset; those of other kinds are left out. Undefined: none is of this kind. */
export function mentionQuestion(
  dataset: DerivedDataset,
  ledgers: Ledgers,
  candidates: readonly AsOfCandidate[],
): LacksMentions | undefined {
  const inputs = memberInputs(dataset);
  const asked = candidates.filter(({ input }) => inputs.has(input));
  if (asked.length === 0) return undefined;
  const mentions = [...inputs].map((input): Mentioning => {
    const ledger = ledgers.get(input) ?? EMPTY_LEDGER;
    const oldest = Math.min(...asked.filter((c) => c.input === input).map((c) => c.since));
    const moved = [...ledger.partitions].filter(([, { contentVersion }]) => contentVersion > oldest);
    return {
      input,
      columns: columnsThatMention(dataset, input),
      version: ledger.version,
      moved: moved.map(([partition]) => partition),
    };
  });
  const version = (ledgers.get(dataset.name) ?? EMPTY_LEDGER).version;
  return { dataset: dataset.name, version, partitions: [...new Set(asked.map((c) => c.partition))], mentions };
}

const columnsThatMention = ({ history, inputs }: DerivedDataset, input: string): string[] =>
  Object.entries(history?.members ?? {}).flatMap(([name, column]) =>
    inputs[name]?.dataset.name === input ? [column] : [],
  );

function newestContent({ partitions }: LedgerState): Version {
  let newest = -1;
  for (const { contentVersion } of partitions.values()) newest = Math.max(newest, contentVersion);
  return newest;
}
