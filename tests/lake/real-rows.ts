import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataFile } from '../../core/ports.ts';
import { openSession, type Session } from '../../engine/session.ts';
import { literal } from '../../engine/sql-text.ts';
import type { TableColumn } from '../../lake/delta-schema.ts';
import { dataFile } from '../../lake/layout.ts';
import type { Table } from '../../lake/table.ts';
import { claimOf, entryOf } from './fixtures.files.ts';

/** Every type of the lake. */
export const ALL_TYPES: readonly TableColumn[] = [
  { name: 'id', sqlType: 'BIGINT', description: 'The "key"' },
  { name: 'flag', sqlType: 'BOOLEAN' },
  { name: 'small', sqlType: 'INTEGER' },
  { name: 'ratio', sqlType: 'DOUBLE' },
  { name: 'label', sqlType: 'VARCHAR' },
  { name: 'day', sqlType: 'DATE' },
  { name: 'at', sqlType: 'TIMESTAMPTZ' },
  { name: 'amount', sqlType: 'DECIMAL(18,3)' },
  { name: 'big_amount', sqlType: 'DECIMAL(38,10)' },
  { name: 'raw', sqlType: 'BLOB' },
];

const VALUES: Record<string, string> = {
  id: 'i',
  flag: 'CASE WHEN i % 5 > 0 THEN i % 2 = 0 END',
  small: 'CASE WHEN i % 7 > 0 THEN (i * 3)::INTEGER END',
  ratio: "CASE WHEN i % 11 = 3 THEN 'nan'::DOUBLE ELSE i / 8.0 END",
  label: "CASE WHEN i % 3 > 0 THEN 'Grüße 世界 ''' || chr(10) || repeat('z', (i % 50)::INTEGER) || i END",
  day: "DATE '1969-12-25' + (i % 400)::INTEGER",
  at: "TIMESTAMPTZ '1969-12-31 23:59:59.999999Z' + to_microseconds(i * 1234567)",
  amount: '(i * 1.005 - 50)::DECIMAL(18,3)',
  big_amount: "('1234567890123456789012345678.0000000001'::DECIMAL(38,10) - i)",
  raw: "('\\x00\\xFF'::BLOB || i::VARCHAR::BLOB)",
  note: "'note ' || i",
  digits: 'i + 0.25',
  tag: "'tag ' || i",
};

export const openTestSession = (): Promise<Session> => openSession({ memoryLimit: '500MB', threads: 1 });

/** Replaces a partition by rows `from` to `to`, in two files. @param folder for the files before they are put */
export async function replaceRows(
  session: Session,
  table: Table,
  folder: string,
  partition: string,
  [from, to]: readonly [number, number],
  columns: readonly TableColumn[] = ALL_TYPES,
): Promise<void> {
  const before = await table.load();
  const attempt = `v${before.version + 1}`;
  const middle = Math.floor((from + to) / 2);
  const adds: DataFile[] = [];
  for (const [n, [a, b]] of [[from, middle] as const, [middle, to] as const].entries()) {
    const path = dataFile(partition, attempt, n);
    const local = join(folder, `${attempt}-${n}.parquet`);
    const select = columns.map(({ name, sqlType }) => `(${VALUES[name]})::${sqlType} AS "${name}"`).join(', ');
    await session.run(`COPY (SELECT ${select} FROM range(${a}, ${b}) t(i)) TO ${literal(local)} (FORMAT parquet)`);
    await table.store.putFile(`${table.folder}/${path}`, local);
    const bounds = { minValues: { id: a, label: 'a', at: '1970' }, maxValues: { id: b - 1, label: 'b', at: '1970' } };
    const stats = JSON.stringify({ numRecords: b - a, ...bounds, nullCount: { id: 0 } });
    adds.push({ path, partition, rows: b - a, bytes: (await stat(local)).size, stats });
  }
  const claim = claimOf(table.dataset, before.ledger, [`${table.dataset}/${partition}`], attempt);
  await table.commit({
    claim,
    partitions: [partition],
    columns,
    prepare: async (state) => ({
      adds,
      removes: [...state.files.values()].filter((file) => file.partition === partition).map((file) => file.path),
      entry: entryOf(claim, { [partition]: { digest: attempt, rows: to - from } }),
    }),
  });
}
