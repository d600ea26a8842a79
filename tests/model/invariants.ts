import type { DerivedDataset, SourceDataset } from '../../core/dataset.ts';
import { covers } from '../../core/interval-set.ts';
import { type LedgerState, MIXED_CODE, type Version } from '../../core/ledger.ts';
import { mergeSource } from '../../core/pending.ts';
import type { Task } from '../../core/plan.ts';
import { quarantineTable } from '../../core/quarantine.ts';
import type { Committed, SharedLake } from './shared-lake.ts';
import { euros, identity, isValid, rateAt, transform } from './toy-merge.ts';
import { bronzePartition, type Look, newestOf, same } from './toy-observe.ts';
import { ALL, codeOf, merchant, PART, payment, rate } from './toy-project.ts';
import { replaceRows } from './toy-replace.ts';
import { digestOf, groupBy, instantAt, keyOf, partitionOf, type Row } from './toy-rows.ts';
import type { World } from './world.ts';

/** What the rules promise was not kept. */
export class Violation extends Error {}

export function must(holds: boolean, promise: string, ...facts: unknown[]): void {
  if (holds) return;
  throw new Violation(
    `${promise}${facts.length > 0 ? `: ${facts.map((f) => (typeof f === 'string' ? f : JSON.stringify(f))).join(' | ')}` : ''}`,
  );
}

/** True for every commit of every table. */
export function checkCommit(lake: SharedLake, { dataset, before, state }: Committed): void {
  const definition = ALL.find((d) => d.name === dataset);
  if (!definition) return;
  const names = new Set([...before.ledger.partitions.keys(), ...state.ledger.partitions.keys()]);
  for (const name of names) {
    const [was, is] = [before.ledger.partitions.get(name), state.ledger.partitions.get(name)];
    const rows = lake.files.rowsOf(state, name);
    must(is !== undefined, 'a partition never leaves the ledger', dataset, name);
    must(
      is!.digest === digestOf(definition, rows),
      'the ledger says what the files hold',
      dataset,
      name,
      is!.digest,
      rows,
    );
    const moved = !was || digestOf(definition, lake.files.rowsOf(before, name)) !== is!.digest;
    must(
      moved === (is!.contentVersion !== was?.contentVersion),
      'the content version moves exactly when the content does',
      dataset,
      name,
    );
    if (definition.kind === 'derived' && definition.write.kind === 'replace' && was) {
      for (const [input, version] of Object.entries(was.inputs))
        must((is!.inputs[input] ?? -1) >= version, 'no partition goes back to an older input', dataset, name, input);
    }
  }
  if (definition.kind === 'derived' && definition.write.kind === 'merge')
    checkObservations(lake, definition, state.version);
}

/** Every merged observation is exactly one of current, superseded, quarantined. */
export function checkObservations(lake: SharedLake, dataset: DerivedDataset, version: Version): void {
  const state = lake.at(dataset.name, version);
  const rows = lake.files.rowsOf(state);
  const tombstones = state.ledger.tombstones === undefined ? [] : lake.files.read(state.ledger.tombstones);
  const heads = new Map<string, Row>();
  for (const row of [...rows, ...tombstones]) {
    must(!heads.has(keyOf(dataset, row)), 'a key is there once', dataset.name, row);
    heads.set(keyOf(dataset, row), row);
  }
  const current = new Set([...heads.values()].map(identity));
  const bad = lake.files.rowsOf(lake.newest(quarantineTable(dataset.name)));
  const seen = new Set<string>();
  for (const [partition, mark] of state.ledger.marks) {
    const counted = groupBy(
      bad.filter((b) => b.partition === partition && b.claim === mark.claim),
      (b) => String(b.identity),
    );
    for (const obs of lake.observations(dataset, mark.version, partition)) {
      const id = identity(obs);
      seen.add(id);
      const quarantined = counted.get(id)?.length ?? 0;
      must(quarantined <= 1, 'an observation is quarantined once', dataset.name, id);
      const candidate = transform(dataset, obs, [], codeOf(mark.contentHash));
      const head = heads.get(candidate.key);
      const isCurrent = current.has(id);
      const isQuarantined = quarantined === 1 && !isCurrent;
      const isSuperseded = !isCurrent && !isQuarantined && head !== undefined && outranks(dataset, head, candidate.row);
      must(isCurrent || isQuarantined || isSuperseded, 'no merged observation is lost', dataset.name, obs);
      if (isQuarantined) must(!candidate.valid, 'only bad observations are quarantined', dataset.name, obs);
    }
  }
  for (const id of current) must(seen.has(id), 'every row comes from an observation that was merged', dataset.name, id);
}

/** A build that is due says why, and it is true: the partition of the input has another content since. */
export function checkReasons(lake: SharedLake, { dataset, inputs, why }: Task, ledger: LedgerState): void {
  for (const { partition, reason, because } of why) {
    if (reason !== 'data' || because?.version === undefined || because.partition === undefined) continue;
    const { input, version } = because;
    const built = ledger.partitions.get(partition)!.inputs[input]!;
    must(built < version && version <= inputs[input]!, 'a reason is newer than the build', dataset, partition, because);
    const content = (at: Version) =>
      digestOf(ALL.find((d) => d.name === input)!, lake.rows(input, at, because.partition));
    const isNew = !lake.at(input, version - 1).ledger.partitions.has(because.partition);
    must(
      isNew || content(version - 1) !== content(version),
      'only what changed is rebuilt',
      dataset,
      partition,
      because,
    );
  }
}

/** `a` stands before `b`: later by its own time where that is trusted, then seen at a later position, then by its name. */
function outranks(dataset: DerivedDataset, a: Row, b: Row): boolean {
  const time = (dataset.write as { latestBy: string }).latestBy;
  if (dataset !== merchant && a[time] !== b[time]) return a[time]! > b[time]!;
  if (a._position !== b._position) return a._position! > b._position!;
  return a._tie! > b._tie!;
}

/** Bronze holds what every committed look saw, and what is settled needs no other look. */
export function checkBronze(
  lake: SharedLake,
  source: SourceDataset,
  looks: readonly Look[],
  world: World,
  before: Version,
): void {
  const state = lake.newest(source.name);
  const rows = lake.files.rowsOf(state);
  for (const path of before < 0 ? [] : lake.at(source.name, before).files.keys())
    must(state.files.has(path), 'bronze never forgets', source.name, path);
  const byKey = groupBy(rows, (r) => keyOf(source, r));
  for (const [key, all] of byKey) {
    must(
      new Set(all.map((r) => `${bronzePartition(source, r)} ${r._position}`)).size === all.length,
      'a look adds a key once',
      source.name,
      key,
    );
  }
  const mine = looks.filter((l) => l.source === source);
  for (const row of mine.flatMap((l) => l.rows)) {
    const known = byKey.get(keyOf(source, row)) ?? [];
    must(
      known.some((k) => same(source, k, row)),
      'what a committed look saw is in bronze',
      source.name,
      row,
    );
  }
  if (source.extraction.kind === 'snapshot') {
    const newest = mine.reduce<Look | undefined>(
      (best, l) => (best && best.position > l.position ? best : l),
      undefined,
    );
    const heads = [...byKey.values()].map((all) => newestOf(all)!).filter((r) => r._op !== 'd');
    must(
      digests(source, heads) === digests(source, newest?.rows ?? []),
      'the head is the newest picture',
      source.name,
      heads,
      newest?.rows,
    );
    return;
  }
  for (const row of world.rows(source)) {
    const at = instantAt(row.updated_at as number);
    const settled = covers(state.ledger.settled, { start: at, end: instantAt((row.updated_at as number) + 1) });
    const known = byKey.get(keyOf(source, row)) ?? [];
    must(
      !settled || known.some((k) => same(source, k, { ...row, _op: 'u' })),
      'nothing comes late into what is settled',
      source.name,
      row,
    );
  }
}

const digests = (source: SourceDataset, rows: readonly Row[]): string =>
  rows
    .map((r) => source.columns.map((c) => String(r[c.name])).join(','))
    .sort()
    .join(';');

/** Tables at these versions fit together: each is what its inputs, as they are here, make of it. */
export function checkTogether(lake: SharedLake, versions: Readonly<Record<string, Version>>): void {
  const rates = lake.rows(rate.name, versions[rate.name]!);
  for (const dataset of PART.derived) {
    const state = lake.at(dataset.name, versions[dataset.name]!);
    if (dataset === payment) {
      for (const row of lake.files.rowsOf(state)) {
        const eur = euros(
          row.amount as number,
          rateAt(rates, row.currency, row.event_time as number),
          row.code as number,
        );
        // Refused by the code that rebuilt the partition: the last good row stays as older code and rates made it.
        const { contentHash } = state.ledger.partitions.get(partitionOf(dataset, row))!;
        const kept = contentHash === MIXED_CODE && !(isValid(row, 0) && isValid(row, 1));
        must(row.eur === eur || kept, 'a row has the rate of the cut', dataset.name, row, `should be ${eur}`);
      }
    }
    if (dataset.write.kind === 'merge') continue;
    const inputs = Object.fromEntries(
      Object.values(dataset.inputs).map((i) => [i.dataset.name, lake.rows(i.dataset.name, versions[i.dataset.name]!)]),
    );
    for (const [partition, { contentHash }] of state.ledger.partitions) {
      const due = replaceRows(dataset, inputs, codeOf(contentHash), [partition]).get(partition)!;
      const held = lake.files.rowsOf(state, partition);
      must(
        digestOf(dataset, held) === digestOf(dataset, due),
        'a table is what its inputs make of it',
        dataset.name,
        partition,
        held,
        due,
      );
    }
    if (dataset.name === 'gold.fact') {
      for (const name of lake.at(payment.name, versions[payment.name]!).ledger.partitions.keys())
        must(state.ledger.partitions.has(name), 'every day of payments has its facts', name);
    }
  }
}

/** From nothing: what merged tables must hold when every observation of bronze is merged with this code. */
export function expectedMerge(lake: SharedLake, dataset: DerivedDataset, code: number): Row[] {
  const source = mergeSource(dataset);
  const newest = lake.newest(source.name);
  const rates = dataset === payment ? expectedMerge(lake, rate, 0) : [];
  const all = [...newest.ledger.partitions.keys()].flatMap((p) => lake.observations(dataset, newest.version, p));
  const candidates = all.map((obs) => transform(dataset, obs, rates, code)).filter((c) => c.valid);
  return [...groupBy(candidates, (c) => c.key).values()]
    .map((rivals) => rivals.reduce((best, c) => (outranks(dataset, c.row, best.row) ? c : best)))
    .filter((c) => !c.deletes)
    .map((c) => c.row);
}
