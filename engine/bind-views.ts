import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Column } from '../core/column.ts';
import { StrataError } from '../core/errors.ts';
import type { Pipeline } from '../core/pipeline.ts';
import type { Project } from '../core/project.ts';
import { publishedName, publishedOf } from '../core/published.ts';
import { suggestion } from '../core/suggest.ts';
import type { View } from '../core/view.ts';
import { withEmptyRelations } from './bind.ts';
import type { Session } from './session.ts';
import { inFile } from './sql-errors.ts';
import { readsOf } from './sql-reads.ts';
import { parseStatement, refuse } from './sql-statement.ts';

/** A view whose SQL fits the tables that it reads. */
export interface BoundView {
  readonly name: string;
  readonly description: string;
  /** One SELECT; `{{name}}` stands for the published table of that name. */
  readonly sql: string;
  readonly tables: readonly string[];
  readonly columns: readonly { readonly name: string; readonly type: string; readonly description: string }[];
}

/**
 * Binds a view to empty tables of the published columns.
 * @param sqlRoot folder of the project's SQL files on this machine
 * @throws bad_definition with file and line: SQL that does not bind, a table that the pipeline does not publish, a column
 * that nobody describes
 */
export async function bindView(
  session: Session,
  project: Pick<Project, 'sqlFolder'>,
  pipeline: Pipeline,
  view: View,
  sqlRoot: string,
): Promise<BoundView> {
  const file = posix.join(project.sqlFolder, view.sql);
  refuseUnpublished(pipeline, view);
  const sql = await readSql(join(sqlRoot, view.sql), view, file);
  const statement = await parseStatement(session, sql, file);
  const relations = Object.fromEntries(view.tables.map(({ name, columns }) => [publishedName(name), columns]));
  const names = Object.keys(relations);
  const { problems, inputs } = readsOf(statement, names);
  refuse(statement, problems);
  const unused = names.find((name) => !inputs.has(name));
  if (unused) throw misfit(view, file, `lists ${unused}, but ${file} does not read {{${unused}}}`, 'Take it out.');
  const actual = await withEmptyRelations(session, relations, async () => {
    try {
      return await session.columns(statement.runnable);
    } catch (error) {
      throw inFile(error, file);
    }
  });
  const unknown = Object.keys(view.describe).find((name) => !actual.some((column) => column.name === name));
  if (unknown) {
    const hint = suggestion(
      unknown,
      actual.map(({ name }) => name),
    );
    throw misfit(view, file, `describes ${unknown}, which it does not give`, hint);
  }
  return {
    name: view.name,
    description: view.description,
    sql,
    tables: names,
    columns: actual.map(({ name, type }) => ({ name, type, description: describe(view, file, name) })),
  };
}

function describe(view: View, file: string, column: string): string {
  const named = (c: Column) => c.name === column && c.description !== undefined;
  const description = view.describe[column] ?? view.tables.flatMap((table) => table.columns).find(named)?.description;
  if (description !== undefined) return description;
  const hint = `Say it under \`describe\` of the view: { ${column}: '...' }.`;
  throw misfit(view, file, `gives ${column}, which none of its tables describes`, hint);
}

function refuseUnpublished(pipeline: Pipeline, view: View): void {
  const where = `${pipeline.name}, view ${view.name}`;
  if (!pipeline.publish) {
    throw new StrataError('bad_definition', `${pipeline.name} publishes nothing and has the view ${view.name}`, {
      where,
      hint: 'Give the pipeline `publish`, or the view to the pipeline that publishes its tables.',
    });
  }
  const published = publishedOf(pipeline);
  const other = view.tables.find((table) => !published.includes(table));
  if (!other) return;
  throw new StrataError(
    'bad_definition',
    `The view ${view.name} reads ${other.name}, which ${pipeline.name} does not publish`,
    {
      where,
      hint: 'A view reads gold datasets that its own pipeline lists, so that both move with the same cut.',
    },
  );
}

async function readSql(path: string, view: View, file: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new StrataError('bad_definition', `The view ${view.name}: the SQL file ${file} cannot be read`, {
      where: file,
      hint: 'Create it, or correct `sql` of the view; paths start below the SQL folder.',
      cause,
    });
  }
}

const misfit = (view: View, where: string, what: string, hint: string): StrataError =>
  new StrataError('bad_definition', `The view ${view.name} ${what}`, { where, hint });
