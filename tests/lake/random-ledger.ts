import type { LedgerEntry, Version } from '../../core/ledger.ts';
import { dataFile } from '../../lake/layout.ts';
import type { Table } from '../../lake/table.ts';
import { COLUMNS, claimOf } from './fixtures.ts';

const day = (n: number) => `2026-11-${String(1 + (n % 28)).padStart(2, '0')}`;
const instant = (n: number) => `${day(n)}T00:00:00.000000Z`;

/** A small generator, so that a failing run can be repeated by its seed. */
export function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * sides);
  };
}

/** A commit that uses a random part of everything a ledger entry can say. Returns its version. */
export async function commitSomething(table: Table, roll: (sides: number) => number, name: string): Promise<Version> {
  const { ledger } = await table.load();
  const kinds = ['ingest', 'merge', 'replace', 'cancel', 'maintenance'] as const;
  const kind = kinds[roll(kinds.length)]!;
  const touched = kind === 'cancel' || kind === 'maintenance' ? [] : [day(roll(28)), day(roll(28))];
  const scopes = kind === 'merge' ? [table.dataset] : touched.map((p) => `${table.dataset}/${p}`);
  const before = claimOf(table.dataset, ledger, scopes.length ? scopes : [`${table.dataset}/${day(roll(28))}`], name);
  const claim = {
    ...before,
    inputs: { 'bronze.a': ledger.version + 10, 'bronze.fx': roll(3) + 100 * (ledger.version + 1) },
  };
  const start = roll(20);
  const covered = { start: instant(start), end: instant(start + 1 + roll(7)) };
  const entry: LedgerEntry = {
    format: 1,
    kind,
    claim,
    partitions: Object.fromEntries(touched.map((p) => [p, { digest: `digest ${roll(4)}`, rows: roll(1000) }])),
    counts: { rowsIn: roll(9), rowsOut: roll(9), quarantined: 0, bytes: roll(99), millis: roll(99) },
    ...(kind === 'merge' ? { merged: [day(roll(28)), day(roll(28))], rebuilt: touched.slice(roll(2)) } : {}),
    ...(kind === 'merge' && roll(2) ? { tombstones: `_strata/side/${name}-tombstones.parquet` } : {}),
    ...(kind === 'ingest'
      ? {
          coverage: { covered, settledTo: instant(start + roll(9)), position: `${roll(1e6)}`, observedAt: instant(28) },
        }
      : {}),
    ...(kind === 'maintenance'
      ? {
          checked: [
            {
              input: 'bronze.fx',
              version: 100 * (ledger.version + 1) + 50,
              scanned: ledger.version,
              partitions: [day(roll(28))],
            },
          ],
        }
      : {}),
    ...(touched.length && roll(2)
      ? {
          keyChanges: {
            path: `_strata/side/${name}-keys.parquet`,
            rows: roll(50),
            from: instant(start),
            to: roll(2) ? null : instant(27),
          },
        }
      : {}),
  };
  const { version } = await table.commit({
    claim,
    partitions: touched,
    columns: COLUMNS,
    prepare: async (state) => ({
      adds: [...new Set(touched)].map((partition, n) => ({
        path: dataFile(partition, name, n),
        partition,
        rows: roll(100),
        bytes: roll(10_000),
      })),
      removes:
        kind === 'ingest'
          ? []
          : [...state.files.values()].filter((f) => touched.includes(f.partition)).map((f) => f.path),
      entry,
    }),
  });
  return version;
}
