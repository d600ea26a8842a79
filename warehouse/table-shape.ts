import type { Session } from '../engine/session.ts';
import { ident, literal } from '../engine/sql-text.ts';
import { ATTACHED, tableName } from './ledger-tables.ts';
import type { PublishedTable } from './warehouse.ts';

interface PresentColumn {
  readonly name: string;
  readonly type: string;
  readonly comment: string | null;
}

const DUCKDB_NAMES: Readonly<Record<string, string>> = { TIMESTAMPTZ: 'TIMESTAMP WITH TIME ZONE' };

/**
 * Makes the table have exactly the declared columns, in their order and types. Rows that are there stay: a new column is
 * NULL in them, a changed type is cast, a column that is no longer declared goes (the lake keeps it).
 */
export async function ensureTable(session: Session, schema: string, table: PublishedTable): Promise<void> {
  const name = tableName(schema, table.name);
  const present = await columnsOf(session, schema, table.name);
  if (present.length === 0 || table.full) {
    const types = table.columns.map((c) => `${ident(c.name)} ${c.sqlType}`);
    await session.run(`CREATE OR REPLACE TABLE ${name} (${types.join(', ')})`);
  } else if (!sameShape(table, present)) {
    const known = new Set(present.map((c) => c.name));
    const columns = table.columns.map(
      (c) => `${known.has(c.name) ? ident(c.name) : 'NULL'}::${c.sqlType} AS ${ident(c.name)}`,
    );
    await session.run(`CREATE OR REPLACE TABLE ${name} AS SELECT ${columns.join(', ')} FROM ${name}`);
  }
  await comment(session, schema, table);
}

export async function columnsOf(session: Session, schema: string, table: string): Promise<PresentColumn[]> {
  return session.rows<{ name: string; type: string; comment: string | null }>(
    `SELECT column_name AS name, data_type AS type, comment FROM duckdb_columns()
     WHERE database_name = '${ATTACHED}' AND schema_name = ? AND table_name = ? ORDER BY column_index`,
    [schema, table],
  );
}

function sameShape(table: PublishedTable, present: readonly PresentColumn[]): boolean {
  const wanted = table.columns.map((c) => `${c.name} ${DUCKDB_NAMES[c.sqlType] ?? c.sqlType}`);
  return wanted.join('\n') === present.map((c) => `${c.name} ${c.type}`).join('\n');
}

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
