import { readFile } from 'node:fs/promises';
import type { DerivedDataset } from '../../core/dataset.ts';
import { lakeColumns } from '../../core/lake-columns.ts';
import { openSession } from '../../engine/session.ts';
import { ident, literal, render } from '../../engine/sql-text.ts';
import { contentSql } from './history-relation.ts';

/** Values as text, the way DuckDB casts them; columns not named are null. */
export type GivenRow = Readonly<Record<string, string | number | boolean | null>>;
export type Given = Readonly<Record<string, readonly GivenRow[]>>;

export interface ModelResult {
  /** Output rows, every value as text. */
  readonly rows: readonly Record<string, string | null>[];
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Row check -> the key of the rows that fail it. */
  readonly failed: Readonly<Record<string, readonly string[]>>;
}

/** Runs a dataset's SQL over the rows given for its inputs. */
export async function runModel(dataset: DerivedDataset, given: Given): Promise<ModelResult> {
  await using session = await openSession({ memoryLimit: '512MB', threads: 1 });
  const relations: Record<string, string> = {};
  for (const [name, input] of Object.entries(dataset.inputs)) {
    const columns = lakeColumns(input.dataset);
    const types = columns.map((c) => `${ident(c.name)} ${c.sqlType}`);
    await session.run(`CREATE TEMP TABLE ${ident(name)} (${types.join(', ')})`);
    for (const row of given[name] ?? []) {
      const unknown = Object.keys(row).filter((key) => !columns.some((c) => c.name === key));
      if (unknown.length > 0) throw new Error(`${input.dataset.name} has no ${unknown.join(', ')}`);
      const values = Object.values(row).map((value) => (value === null ? 'NULL' : literal(String(value))));
      await session.run(
        `INSERT INTO ${ident(name)} (${Object.keys(row).map(ident).join(', ')}) VALUES (${values.join(', ')})`,
      );
    }
    relations[name] = ident(name);
  }
  const text = await readFile(new URL(`../../warehouse-sql/${dataset.sql}`, import.meta.url), 'utf8');
  const sql = await contentSql(session, dataset, render(text, relations, dataset.sql), relations);
  const columns = await session.columns(sql);
  // Rows without a key are called by their first column.
  const named = dataset.key.length > 0 ? dataset.key : [dataset.columns[0]!.name];
  const key = named.map(ident).join(" || '|' || ");
  const failed: Record<string, string[]> = {};
  for (const check of dataset.checks) {
    if (check.kind !== 'row') continue;
    const rows = await session.rows<{ key: string }>(
      `SELECT coalesce(${key}, 'null') AS key FROM (${sql}) WHERE NOT coalesce((${check.sql}), false) ORDER BY key`,
    );
    if (rows.length > 0) failed[check.name] = rows.map((row) => row.key);
  }
  const rows = await session.rows<Record<string, string | null>>(
    `SELECT columns(*)::VARCHAR FROM (${sql}) ORDER BY ALL NULLS FIRST`,
  );
  return { rows, columns, failed };
}

/** Of each row only these columns, so that a test says what it is about. */
export function pick(rows: ModelResult['rows'], ...columns: string[]): (string | null)[][] {
  return rows.map((row) => columns.map((column) => row[column] ?? null));
}
