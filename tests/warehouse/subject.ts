import { expect } from 'vitest';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import { dimAt, factAt } from './company.fixture.ts';

/** One warehouse for one test: every handle opened on it sees the same tables. */
export interface Subject {
  /** As another process would open it; another schema is another environment. */
  open(schema?: string): Promise<Warehouse>;
  /** Runs what an error says to run, in the warehouse's own dialect, as somebody who may. */
  administer(statements: readonly string[]): Promise<void>;
  /** Comments of a table or view of the schema `dev`: its columns' by their names, its own as `''`; without any: empty. */
  comments(table: string): Promise<Readonly<Record<string, string>>>;
}

/** Rows as the fixture's oracle writes them. */
export async function rowsOf(warehouse: Warehouse, table: string, columns: readonly string[]): Promise<string[]> {
  const { rows } = await warehouse.query(`SELECT ${columns.join(', ')} FROM ${table}`, { maxRows: 100_000 });
  return rows.map((row) => row.map((value) => value ?? '').join('|')).sort();
}

export const FACT = ['event_date', 'id', 'label', 'amount'] as const;
export const expectedFact = (pipeline: string, cut: number): string[] =>
  factAt(pipeline, cut)
    .map((row) => row.map((value) => value ?? '').join('|'))
    .sort();

/** What the warehouse holds of a pipeline must be exactly what its own ledger says. */
export async function expectConsistent(warehouse: Warehouse, pipeline: string): Promise<number | null> {
  const cut = (await warehouse.published(pipeline))?.number ?? null;
  if (cut === null) return null;
  expect(await rowsOf(warehouse, `fact_${pipeline}`, FACT)).toEqual(expectedFact(pipeline, cut));
  expect(await rowsOf(warehouse, `dim_${pipeline}`, ['id', 'label'])).toEqual([`1|${dimAt(pipeline, cut)}`]);
  return cut;
}
