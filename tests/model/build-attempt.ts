import type { HoldsKeys } from '../../core/as-of.ts';
import { claimTag } from '../../core/claim-tag.ts';
import { admit, refuseMovedBase } from '../../core/claims.ts';
import type { DerivedDataset } from '../../core/dataset.ts';
import { intervalOf, overlaps } from '../../core/interval.ts';
import { lakeColumns } from '../../core/lake-columns.ts';
import type { Claim, KeyChanges, LedgerEntry, PartitionEntry } from '../../core/ledger.ts';
import type { LacksMentions } from '../../core/mentions.ts';
import { madeFrom } from '../../core/partitions.ts';
import type { Task } from '../../core/plan.ts';
import type { DataFile } from '../../core/ports.ts';
import { quarantineTable } from '../../core/quarantine.ts';
import type { Table } from '../../lake/table.ts';
import type { TableState } from '../../lake/table-state.ts';
import type { Process } from './processes.ts';
import type { SharedLake } from './shared-lake.ts';
import { type Candidate, identity, mergeRows, transform } from './toy-merge.ts';
import { codeOf, rate } from './toy-project.ts';
import { replaceRows } from './toy-replace.ts';
import { digestOf, groupBy, instantAt, partitionOf, type Row } from './toy-rows.ts';

export const COUNTS = { rowsIn: 0, rowsOut: 0, quarantined: 0, bytes: 0, millis: 0 };

interface Output {
  readonly partitions: ReadonlyMap<string, readonly Row[]>;
  readonly entry: Partial<LedgerEntry>;
  readonly quarantined: readonly Candidate[];
}

/** What a build activity does: look, compute, write bad rows, commit. */
export async function attemptBuild(
  lake: SharedLake,
  { open, actor }: Process,
  dataset: DerivedDataset,
  task: Task,
  claim: Claim,
): Promise<void> {
  const table = open(dataset.name);
  const base = await table.load();
  if (admit(base.ledger, claim, task.partitions).kind === 'done') return;
  const output =
    dataset.write.kind === 'merge'
      ? merged(lake, dataset, task, claim, base)
      : replaced(lake, dataset, task, claim, base);
  if (output.quarantined.length > 0)
    await commitQuarantine(lake, open(quarantineTable(dataset.name)), claim, output.quarantined);
  await actor!.linger('has built');
  const prepared = prepare(lake, dataset, claim, base, output);
  await table.commit({
    claim,
    partitions: task.partitions,
    columns: lakeColumns(dataset),
    prepare: async (state) => {
      refuseMovedBase(claim, base.ledger, state.ledger);
      return prepared;
    },
  });
}

function merged(lake: SharedLake, dataset: DerivedDataset, task: Task, claim: Claim, base: TableState): Output {
  const before = lake.files.rowsOf(base);
  const tombstones = base.ledger.tombstones === undefined ? [] : lake.files.read(base.ledger.tombstones);
  const source = Object.values(claim.inputs)[0]!;
  const rates = lake.rows(rate.name, claim.inputs[rate.name] ?? -1);
  const code = codeOf(claim.contentHash);
  const all = (partitions: Iterable<string>) => [...partitions].flatMap((p) => lake.observations(dataset, source, p));
  const anew = task.kind === 'remerge';
  let observations = all(task.inputPartitions);
  if (task.kind === 'rebuild') {
    const rebuilding = before.filter((row) => task.partitions.includes(partitionOf(dataset, row)));
    const wanted = new Set(rebuilding.map(identity));
    const from = new Set(rebuilding.map((row) => row._bronze_partition as string));
    observations = all(from).filter((obs) => wanted.has(identity(obs)));
  }
  const candidates = observations.map((obs) => transform(dataset, obs, rates, code));
  const result = mergeRows(dataset, candidates, anew ? [] : before, anew ? [] : tombstones);

  const was = groupBy(before, (row) => partitionOf(dataset, row));
  const is = groupBy(result.rows, (row) => partitionOf(dataset, row));
  const rebuilt = anew ? [...base.ledger.partitions.keys(), ...is.keys()] : task.partitions;
  const touched = [...new Set([...was.keys(), ...is.keys()])].filter((p) => text(was.get(p)) !== text(is.get(p)));
  const partitions = new Map([...new Set([...touched, ...rebuilt])].map((p) => [p, is.get(p) ?? []]));
  const keyChanges = dataset === rate ? changesOf(lake, before, result.rows) : undefined;
  return {
    partitions,
    quarantined: task.kind === 'rebuild' ? [] : result.quarantined,
    entry: {
      kind: 'merge',
      rebuilt: [...new Set(rebuilt)],
      merged: task.inputPartitions,
      ...(text(result.tombstones) !== text(tombstones) ? { tombstones: lake.files.writeAside(result.tombstones) } : {}),
      ...(keyChanges ? { keyChanges } : {}),
    },
  };
}

const text = (rows: readonly Row[] = []): string =>
  rows
    .map((row) => JSON.stringify(row))
    .sort()
    .join('\n');

/** Where readers of a rate may see another one than before: from each row that came or left to the next of its currency. */
function changesOf(lake: SharedLake, before: readonly Row[], after: readonly Row[]): KeyChanges | undefined {
  const strip = (row: Row) => JSON.stringify([row.currency!, row.valid_from!, row.rate!]);
  const [was, is] = [new Set(before.map(strip)), new Set(after.map(strip))];
  const moved = [...before.filter((r) => !is.has(strip(r))), ...after.filter((r) => !was.has(strip(r)))];
  if (moved.length === 0) return undefined;
  const starts = [...before, ...after];
  const ranges = moved.map((row) => {
    const next = starts
      .filter((r) => r.currency === row.currency && (r.valid_from as number) > (row.valid_from as number))
      .map((r) => r.valid_from as number);
    return { currency: row.currency!, from: row.valid_from!, to: next.length > 0 ? Math.min(...next) : null };
  });
  const ends = ranges.map((r) => r.to);
  return {
    path: lake.files.writeAside(ranges),
    rows: ranges.length,
    from: instantAt(Math.min(...ranges.map((r) => r.from as number))),
    to: ends.includes(null) ? null : instantAt(Math.max(...(ends as number[]))),
  };
}

function replaced(lake: SharedLake, dataset: DerivedDataset, task: Task, claim: Claim, base: TableState): Output {
  const partitions = new Map<string, readonly Row[]>();
  for (const partition of task.partitions) {
    const inputs: Record<string, Row[]> = {};
    for (const { dataset: input, mapping } of Object.values(dataset.inputs)) {
      const version = claim.inputs[input.name] ?? -1;
      const reads =
        mapping.kind === 'asOf' ? 'every' : madeFrom(mapping, input.partitionBy, dataset.partitionBy, partition);
      const by = input.partitionBy;
      inputs[input.name] = [...lake.at(input.name, version).files.values()]
        .filter(
          ({ partition: p }) =>
            reads === 'every' ||
            (typeof reads === 'object' && by.kind === 'time' && overlaps(intervalOf(p, by.grain), reads)),
        )
        .flatMap(({ path }) => lake.files.read(path));
    }
    const rows = replaceRows(dataset, inputs, codeOf(claim.contentHash), [partition]).get(partition)!;
    const known = lake.files.rowsOf(base, partition);
    partitions.set(partition, digestOf(dataset, rows) === digestOf(dataset, known) ? known : rows);
  }
  return { partitions, quarantined: [], entry: { kind: 'replace' } };
}

function prepare(lake: SharedLake, dataset: DerivedDataset, claim: Claim, base: TableState, output: Output) {
  const adds: DataFile[] = [];
  const removes: string[] = [];
  const partitions: Record<string, PartitionEntry> = {};
  for (const [partition, rows] of output.partitions) {
    partitions[partition] = { digest: digestOf(dataset, rows), rows: rows.length };
    if (text(rows) === text(lake.files.rowsOf(base, partition))) continue;
    removes.push(...[...base.files.values()].filter((f) => f.partition === partition).map((f) => f.path));
    if (rows.length > 0) adds.push(lake.files.write(partition, rows));
  }
  const entry = { format: 1, counts: COUNTS, ...output.entry, claim, partitions } as LedgerEntry;
  return { adds, removes, entry };
}

async function commitQuarantine(lake: SharedLake, table: Table, data: Claim, bad: readonly Candidate[]): Promise<void> {
  const mine: Claim = { ...data, dataset: table.dataset, inputs: {} };
  const tag = claimTag(data);
  const groups = groupBy(bad, (c) => c.row._bronze_partition as string);
  const adds = [...groups].map(([partition, all]) =>
    lake.files.write(
      partition,
      all.map(({ row }) => ({ identity: identity(row), claim: tag, partition })),
    ),
  );
  await table.commit({
    claim: mine,
    partitions: [],
    columns: [{ name: 'identity', sqlType: 'VARCHAR' }],
    prepare: async () => ({
      adds,
      removes: [],
      entry: { format: 1, kind: 'quarantine', claim: mine, partitions: {}, counts: COUNTS },
    }),
  });
}

/** The scan of key columns: which of these partitions hold a changed key in the range of its change? */
export function scan(lake: SharedLake, dataset: DerivedDataset, question: HoldsKeys | LacksMentions): Set<string> {
  if ('mentions' in question) throw new Error('The toy company has no histories.');
  const found = new Set<string>();
  for (const { name, since } of question.partitions) {
    const changes = question.changes.filter((c) => c.version > since).flatMap((c) => lake.files.read(c.path));
    const rows = lake.rows(dataset.name, question.version, name);
    const holds = rows.some((row) =>
      changes.some(
        (c) =>
          c.currency === row.currency &&
          (c.from as number) <= (row.event_time as number) &&
          (c.to === null || (row.event_time as number) < (c.to as number)),
      ),
    );
    if (holds) found.add(name);
  }
  return found;
}
