import type { AsOfCandidate, HoldsKeys } from './as-of.ts';
import type { Batch } from './batch.ts';
import type { DerivedDataset } from './dataset.ts';
import { StrataError } from './errors.ts';
import type { Part } from './graph.ts';
import type { Checked, LedgerState, Version } from './ledger.ts';
import { type LacksMentions, mentionQuestion } from './mentions.ts';
import { mergeSource, mustRemerge, pendingInputs } from './pending.ts';
import { partitionScope, tableScope } from './scopes.ts';
import { type Ledgers, ledgerOf, type Stale, stalePartitions } from './staleness.ts';
import { taskGroups } from './task-groups.ts';

/**
 * One piece of work that ends in one commit. Safe in JSON.
 * - `merge`: bring `inputPartitions` of the source in; touched output partitions are found by the rows.
 * - `remerge`: make the table anew from all observations of `inputPartitions`, as if it held nothing; every partition
 *   there was is written (perhaps empty) and counts as rebuilt.
 * - `rebuild`: of a merged table, make the rows of `partitions` anew from the observations they came from.
 * - `replace`: make `partitions` anew.
 */
export interface Task {
  readonly dataset: string;
  readonly kind: 'merge' | 'remerge' | 'rebuild' | 'replace';
  readonly partitions: readonly string[];
  readonly inputPartitions: readonly string[];
  /** Input dataset -> the version to read; -1: read it as empty. A merge's source comes first. */
  readonly inputs: Readonly<Record<string, Version>>;
  readonly contentHash: string;
  readonly why: readonly Stale[];
}

/** Scopes that a task's claim fences. */
export const scopesOf = ({ kind, dataset, partitions }: Pick<Task, 'kind' | 'dataset' | 'partitions'>): string[] =>
  kind === 'replace' ? partitions.map((p) => partitionScope(dataset, p)) : [tableScope(dataset)];

export interface Plan {
  /** May all run at once. */
  readonly ready: readonly Task[];
  /** Datasets that wait for others. */
  readonly blocked: readonly { readonly dataset: string; readonly waitsFor: readonly string[] }[];
  /** Partitions scanned for changed keys and found free of them: a commit that says so saves the next scan. */
  readonly checked: readonly { readonly dataset: string; readonly checked: readonly Checked[] }[];
  /** Another convergence built from newer versions than this batch froze: nothing of it would be let in. Freeze again. */
  readonly outdated: boolean;
}

/** Who can read rows answers which partitions are stale: those that hold changed keys, or lack mentioned ones. */
export type KeyScan = (question: HoldsKeys | LacksMentions) => Promise<ReadonlySet<string>>;

/**
 * What to do next in a batch; nothing ready and nothing blocked: the batch is done and a cut can be taken. A dataset waits
 * while anything upstream is due, so that it is built once.
 * @param ledgers sources and reads at the versions that the batch froze, derived tables as they are now
 * @throws internal when a frozen ledger was loaded at another version
 */
export async function plan(part: Part, batch: Batch, ledgers: Ledgers, scan: KeyScan): Promise<Plan> {
  refuseThawed(batch, ledgers);
  if (part.derived.some((dataset) => isAhead(dataset, batch, ledgers))) {
    return { ready: [], blocked: [], checked: [], outdated: true };
  }
  const ready: Task[] = [];
  const blocked: { dataset: string; waitsFor: string[] }[] = [];
  const checked: { dataset: string; checked: Checked[] }[] = [];
  const due = new Set<string>();
  for (const dataset of part.derived) {
    const waitsFor = [...new Set(Object.values(dataset.inputs).map((i) => i.dataset.name))].filter((i) => due.has(i));
    if (waitsFor.length > 0) {
      blocked.push({ dataset: dataset.name, waitsFor });
      due.add(dataset.name);
      continue;
    }
    const found = await dueTasks(dataset, batch, ledgers, scan);
    ready.push(...found.tasks);
    if (found.checked.length > 0) checked.push({ dataset: dataset.name, checked: found.checked });
    if (found.tasks.length > 0) due.add(dataset.name);
  }
  return { ready, blocked, checked, outdated: false };
}

/** Has the dataset been built from a newer version of a frozen input? */
function isAhead({ name, inputs }: DerivedDataset, { frozen }: Batch, ledgers: Ledgers): boolean {
  const own = ledgerOf(ledgers, name);
  for (const input of new Set(Object.values(inputs).map((i) => i.dataset.name))) {
    const version = frozen[input];
    if (version === undefined) continue;
    for (const { inputs: built } of own.partitions.values()) if ((built[input] ?? -1) > version) return true;
  }
  const source = frozen[Object.values(inputs)[0]?.dataset.name ?? ''];
  if (source !== undefined) for (const mark of own.marks.values()) if (mark.version > source) return true;
  return false;
}

function refuseThawed(batch: Batch, ledgers: Ledgers): void {
  for (const [name, version] of Object.entries(batch.frozen)) {
    if (ledgerOf(ledgers, name).version === version) continue;
    throw new StrataError(
      'internal',
      `The batch reads ${name} at version ${version}; its ledger was loaded at ${ledgerOf(ledgers, name).version}`,
    );
  }
}

async function dueTasks(
  dataset: DerivedDataset,
  batch: Batch,
  ledgers: Ledgers,
  scan: KeyScan,
): Promise<{ tasks: Task[]; checked: Checked[] }> {
  const { name } = dataset;
  const own = ledgerOf(ledgers, name);
  const contentHash = batch.hashes[name];
  if (contentHash === undefined) throw new StrataError('internal', `The batch has no content hash for ${name}`);
  const options = { reprocess: batch.reprocess, range: batch.range, since: batch.since[name] };
  const task = (kind: Task['kind'], partitions: string[], inputPartitions: string[], why: Stale[]): Task => ({
    dataset: name,
    kind,
    partitions,
    inputPartitions,
    inputs: Object.fromEntries(
      Object.values(dataset.inputs).map((i) => [i.dataset.name, ledgerOf(ledgers, i.dataset.name).version]),
    ),
    contentHash,
    why,
  });

  if (dataset.write.kind === 'merge') {
    const source = ledgerOf(ledgers, mergeSource(dataset).name);
    if (mustRemerge(dataset, own, contentHash, options)) {
      return { tasks: [task('remerge', [], [...source.partitions.keys()].sort(), [])], checked: [] };
    }
    const taken = new Set(batch.pending[name]);
    const pending = pendingInputs(own, source).filter((p) => taken.has(p));
    if (pending.length > 0) return { tasks: [task('merge', [], pending, [])], checked: [] };
  }

  const { stale, candidates } = stalePartitions(dataset, ledgers, contentHash, options);
  const { held, checked } = await narrow(dataset, own, ledgers, candidates, scan);
  const why = [...stale, ...held].sort((a, b) => (a.partition < b.partition ? -1 : 1));
  const kind = dataset.write.kind === 'merge' ? 'rebuild' : 'replace';
  const groups = taskGroups(dataset, ledgers, why);
  // A merged table has one scope: its rebuilds come one after the other.
  const now = kind === 'rebuild' ? groups.slice(0, 1) : groups;
  return {
    tasks: now.map((group) =>
      task(
        kind,
        group.map((s) => s.partition),
        [],
        group,
      ),
    ),
    checked,
  };
}

/** Of perhaps-stale partitions, those that hold the changed keys or lack mentioned ones, and the others as checked. */
export async function narrow(
  dataset: DerivedDataset,
  own: LedgerState,
  ledgers: Ledgers,
  candidates: readonly AsOfCandidate[],
  scan: KeyScan,
): Promise<{ held: Stale[]; checked: Checked[] }> {
  const held = new Map<string, Stale>();
  const checked: Checked[] = [];
  const mentions = mentionQuestion(dataset, ledgers, candidates);
  const lacking = mentions ? await scan(mentions) : new Set<string>();
  for (const name of new Set(candidates.map((c) => c.input))) {
    if (mentions?.mentions.some(({ input }) => input === name)) {
      const asked = candidates.filter((c) => c.input === name).map((c) => c.partition);
      const free = asked.filter((partition) => !lacking.has(partition));
      for (const partition of asked) {
        if (lacking.has(partition)) held.set(partition, { partition, reason: 'data', because: { input: name } });
      }
      if (free.length > 0) {
        checked.push({ input: name, version: ledgerOf(ledgers, name).version, scanned: own.version, partitions: free });
      }
      continue;
    }
    const asked = new Map(candidates.filter((c) => c.input === name).map((c) => [c.partition, c.since]));
    const { version, keyChanges } = ledgerOf(ledgers, name);
    const oldest = Math.min(...asked.values());
    // One dataset may be read under two names (country of the bill, country of the card): free means free in both.
    for (const { dataset: input, mapping } of Object.values(dataset.inputs)) {
      if (mapping.kind !== 'asOf' || input.name !== name) continue;
      const found = await scan({
        dataset: dataset.name,
        version: own.version,
        input: name,
        mapping,
        partitions: [...asked].map(([partition, since]) => ({ name: partition, since })),
        changes: keyChanges.filter((c) => c.version > oldest),
      });
      for (const partition of found) {
        held.set(partition, { partition, reason: 'data', because: { input: name } });
        asked.delete(partition);
      }
    }
    if (asked.size > 0) checked.push({ input: name, version, scanned: own.version, partitions: [...asked.keys()] });
  }
  return { held: [...held.values()], checked };
}
