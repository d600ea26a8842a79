import type { SqlType } from '../core/column.ts';
import { widens } from '../core/widening.ts';
import type { Session } from '../engine/session.ts';
import { ident, literal } from '../engine/sql-text.ts';
import { ATTACHED, tableName } from './ledger-tables.ts';
import { type Dialect, isChange, type PresentColumn, shapeChange } from './shape-change.ts';
import type { PublishedTable } from './warehouse.ts';

interface CommentedColumn extends PresentColumn {
  readonly comment: string | null;
}

const DUCKDB_NAMES: Readonly<Record<string, string>> = { TIMESTAMPTZ: 'TIMESTAMP WITH TIME ZONE' };

const dialect = (schema: string, pipeline: string): Dialect => ({
  typeOf: (type) => DUCKDB_NAMES[type] ?? type,
  // The file is written anew by each publication: whatever holds all values will do.
  widens: (from, to) => widens(from as SqlType, to as SqlType),
  statement: (table) =>
    `DROP TABLE ${ident(schema)}.${ident(table)}; DELETE FROM _strata.publication WHERE schema_name = ${literal(schema)} AND pipeline = ${literal(pipeline)};`,
  whereToRun: ' in the warehouse file, made writable, while nobody publishes',
});

/**
 * Makes the table have exactly the declared columns, in their order and types. Rows that are there stay: a new column is
 * NULL in them, a wider type holds the same values, a renamed one keeps them, one that is no longer declared goes (the
 * lake keeps it).
 * @throws bad_definition for a change that would lose or guess values
 */
export async function ensureTable(
  session: Session,
  schema: string,
  pipeline: string,
  table: PublishedTable,
): Promise<void> {
  const name = tableName(schema, table.name);
  const present = await columnsOf(session, schema, table.name);
  if (present.length === 0 || table.full) {
    const types = table.columns.map((c) => `${ident(c.name)} ${c.sqlType}`);
    await session.run(`CREATE OR REPLACE TABLE ${name} (${types.join(', ')})`);
  } else {
    const change = shapeChange(table, present, dialect(schema, pipeline));
    if (isChange(change) || !sameOrder(table, present)) {
      const from = new Map(table.columns.map((c) => [c.name, ident(c.name)]));
      for (const { name: added } of change.add) from.set(added, 'NULL');
      for (const { from: was, to } of change.rename) from.set(to, ident(was));
      const columns = table.columns.map((c) => `${from.get(c.name)}::${c.sqlType} AS ${ident(c.name)}`);
      await session.run(`CREATE OR REPLACE TABLE ${name} AS SELECT ${columns.join(', ')} FROM ${name}`);
    }
  }
  await comment(session, schema, table);
}

export async function columnsOf(session: Session, schema: string, table: string): Promise<CommentedColumn[]> {
  return session.rows<{ name: string; type: string; comment: string | null }>(
    `SELECT column_name AS name, data_type AS type, comment FROM duckdb_columns()
     WHERE database_name = '${ATTACHED}' AND schema_name = ? AND table_name = ? ORDER BY column_index`,
    [schema, table],
  );
}

const sameOrder = (table: PublishedTable, present: readonly PresentColumn[]): boolean =>
  table.columns.every((c, i) => c.name === present[i]?.name);

async function comment(session: Session, schema: string, table: PublishedTable): Promise<void> {
  const name = tableName(schema, table.name);
  if (table.description !== undefined) await session.run(`COMMENT ON TABLE ${name} IS ${literal(table.description)}`);
  const present = new Map((await columnsOf(session, schema, table.name)).map((c) => [c.name, c.comment]));
  for (const column of table.columns) {
    if ((column.description ?? null) === (present.get(column.name) ?? null)) continue;
    const text = column.description === undefined ? 'NULL' : literal(column.description);
    await session.run(`COMMENT ON COLUMN ${name}.${ident(column.name)} IS ${text}`);
  }
}
