import { join } from 'node:path';
import { expect } from 'vitest';
import { date, day, decimal, integer, key, renamed, text } from '../../core/builders.ts';
import { type ColumnShape, columnsOf } from '../../core/column.ts';
import { openSession } from '../../engine/session.ts';
import { literal } from '../../engine/sql-text.ts';
import type { Publication, PublishedTable, PublishedView, Warehouse } from '../../warehouse/warehouse.ts';
import { SESSION } from './company.fixture.ts';
import { rowsOf } from './subject.ts';

/** Two cuts; the second adds, renames and drops a column, changes a view and drops a table. */
export interface Evolving {
  readonly first: Publication;
  readonly second: Publication;
  /** All that a reader of this cut can ask for is there, and of the second nothing of the first is left. */
  expectAt(warehouse: Warehouse, cut: number | null): Promise<void>;
}

const OLD: ColumnShape = { on_day: key(date()), id: key(integer()), label: text(), amount: decimal(9, 2) };
const NEW: ColumnShape = {
  on_day: key(date()),
  id: key(integer()),
  title: renamed('label', text()),
  note: text().nullable(),
};

export async function evolving(folder: string): Promise<Evolving> {
  const file = async (name: string, select: string) => {
    const path = join(folder, `${name}.parquet`);
    await using session = await openSession(SESSION);
    await session.run(`COPY (${select}) TO ${literal(path)} (FORMAT parquet)`);
    return path;
  };
  const table = (name: string, shape: ColumnShape, partition: string, uri: string): PublishedTable => ({
    name,
    columns: columnsOf(shape),
    key: ['on_day', 'id'],
    partitionBy: day('on_day'),
    replacePartitions: [{ partition, uris: [uri] }],
    dropPartitions: [],
  });
  const view = (...columns: string[]): PublishedView => ({
    name: 'thing_flat',
    columns: columns.map((column) => ({ name: column.replace(/^.* AS /, '') })),
    sql: `SELECT ${columns.join(', ')} FROM {{fact_thing}}`,
  });
  const old = await file(
    'old',
    `SELECT DATE '2026-11-01' AS on_day, 1 AS id, 'a' AS label, 1.50::DECIMAL(9,2) AS amount`,
  );
  const next = await file('new', `SELECT DATE '2026-11-02' AS on_day, 2 AS id, 'b' AS title, 'n' AS note`);
  return {
    first: {
      pipeline: 'things',
      fromCut: null,
      toCut: 1,
      tables: [table('fact_thing', OLD, '2026-11-01', old), table('fact_gone', OLD, '2026-11-01', old)],
      views: [view('id', 'label AS what')],
    },
    second: {
      pipeline: 'things',
      fromCut: 1,
      toCut: 2,
      tables: [table('fact_thing', NEW, '2026-11-02', next)],
      dropTables: ['fact_gone'],
      views: [view('id', 'title AS what', 'note')],
    },
    async expectAt(warehouse, cut) {
      if (cut === null) return;
      const seen = (name: string, columns: string[]) => rowsOf(warehouse, name, columns);
      if (cut === 1) {
        expect(await seen('fact_thing', ['id', 'label', 'amount'])).toEqual(['1|a|1.50']);
        expect(await seen('thing_flat', ['id', 'what'])).toEqual(['1|a']);
        expect(await seen('fact_gone', ['id', 'label'])).toEqual(['1|a']);
        return;
      }
      expect(await seen('fact_thing', ['id', 'title', 'note'])).toEqual(['1|a|', '2|b|n']);
      expect(await seen('thing_flat', ['id', 'what', 'note'])).toEqual(['1|a|', '2|b|n']);
      for (const gone of [
        'SELECT label FROM fact_thing',
        'SELECT amount FROM fact_thing',
        'SELECT id FROM fact_gone',
      ]) {
        await expect(warehouse.query(gone), gone).rejects.toMatchObject({ code: 'bad_input' });
      }
    },
  };
}
