import { bigint, decimal, key, text, timestamp } from '../../../core/builders.ts';
import type { ColumnShape } from '../../../core/column.ts';

/** Columns `c001` and on, of kinds that take turns. */
const KINDS = [
  { column: () => text().nullable(), type: 'text', value: (i: number) => `'v' || id || '-${i}'` },
  { column: () => bigint().nullable(), type: 'bigint', value: (i: number) => `id * ${i}` },
  { column: () => decimal(18, 2).nullable(), type: 'numeric(18,2)', value: (i: number) => `id + ${i}.25` },
  {
    column: () => timestamp().nullable(),
    type: 'timestamptz',
    value: (i: number) => `'2026-01-01'::timestamptz + id * interval '${i} seconds'`,
  },
] as const;

const nameOf = (i: number): string => `c${String(i).padStart(3, '0')}`;
const kindOf = (i: number) => KINDS[i % KINDS.length]!;
const each = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i + 1));

/** @param count of columns, `id` and `updated_at` among them */
export const wideColumns = (count: number): ColumnShape => ({
  id: key(bigint()),
  ...Object.fromEntries(each(count - 2, (i) => [nameOf(i), kindOf(i).column()])),
  updated_at: timestamp(),
});

export const wideTable = (name: string, count: number): string =>
  `create table ${name} (id bigint primary key, ${each(count - 2, (i) => `${nameOf(i)} ${kindOf(i).type}`).join(', ')}, updated_at timestamptz not null)`;

/** Every third value of a row is NULL. */
export const wideRows = (name: string, count: number, ids: string, at: string): string =>
  `insert into ${name} select id, ${each(count - 2, (i) => `case when (id + ${i}) % 3 <> 0 then ${kindOf(i).value(i)} end`).join(', ')}, '${at}' from (${ids}) as ids(id)`;

export const selectAll = (shape: ColumnShape, input: string): string =>
  `SELECT\n  ${Object.keys(shape)
    .map((name) => `${input}.${name}`)
    .join(',\n  ')}\nFROM {{${input}}} AS ${input}\n`;
