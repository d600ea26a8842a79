import type { Session } from '../engine/session.ts';
import { ident, literal, placeholders, render } from '../engine/sql-text.ts';
import { ATTACHED, tableName } from './ledger-tables.ts';
import type { PublishedView } from './warehouse.ts';

/** Where a warehouse file says whose views are in it: those that a pipeline no longer has must go. */
const VIEWS = `${ATTACHED}._strata.view`;

/** Before the tables: one of them may now bear the name of a view that is gone. */
export async function dropViews(session: Session, schema: string, pipeline: string): Promise<void> {
  await session.run(`CREATE TABLE IF NOT EXISTS ${VIEWS} (schema_name VARCHAR, pipeline VARCHAR, name VARCHAR)`);
  const present = await session.rows<{ name: string }>(
    `DELETE FROM ${VIEWS} WHERE schema_name = ? AND pipeline = ? RETURNING name`,
    [schema, pipeline],
  );
  for (const { name } of present) await session.run(`DROP VIEW IF EXISTS ${tableName(schema, name)}`);
}

/** After the tables. Views name their tables without the catalog: under which name the file is attached is the reader's choice. */
export async function createViews(
  session: Session,
  schema: string,
  pipeline: string,
  views: readonly PublishedView[],
): Promise<void> {
  if (views.length === 0) return;
  await session.run(`USE ${ATTACHED}.${ident(schema)}`);
  for (const view of views) {
    const name = `${ident(schema)}.${ident(view.name)}`;
    const tables = placeholders(view.sql).map((table) => [table, `${ident(schema)}.${ident(table)}`]);
    await session.run(`CREATE VIEW ${name} AS ${render(view.sql, Object.fromEntries(tables))}`);
    if (view.description !== undefined) await session.run(`COMMENT ON VIEW ${name} IS ${literal(view.description)}`);
    for (const column of view.columns) {
      if (column.description === undefined) continue;
      await session.run(`COMMENT ON COLUMN ${name}.${ident(column.name)} IS ${literal(column.description)}`);
    }
    await session.run(`INSERT INTO ${VIEWS} VALUES (?, ?, ?)`, [schema, pipeline, view.name]);
  }
  await session.run('USE memory');
}
