import type { Dataset, DerivedDataset } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import { technicalColumns } from '../core/lake-columns.ts';
import { nearest } from '../core/suggest.ts';
import { findFloatSums } from './float-sums.ts';
import type { Problem } from './problem.ts';
import type { QueryColumn, Session } from './session.ts';
import { columnName, firstOffset, firstSelect, list } from './sql-ast.ts';
import { inFile, placeIn } from './sql-errors.ts';
import type { Statement } from './sql-statement.ts';
import { emptyRelation, ident, type TypedColumn } from './sql-text.ts';
import { castAdvice, typeName } from './type-names.ts';

/** Columns that SQL sees of an input: the declared ones, and of bronze also Strata's. */
export function visibleColumns(input: Dataset): TypedColumn[] {
  const declared = input.columns.map(({ name, sqlType }) => ({ name, sqlType }));
  return input.kind === 'source' ? [...declared, ...technicalColumns(input)] : declared;
}

/** Makes an empty table for each relation, as builds make a view for each input, runs the work, and drops the tables. */
export async function withEmptyRelations<T>(
  session: Session,
  relations: Readonly<Record<string, readonly TypedColumn[]>>,
  work: () => Promise<T>,
): Promise<T> {
  const names = Object.keys(relations);
  try {
    for (const name of names) {
      await session.run(`CREATE OR REPLACE TEMP TABLE ${ident(name)} AS FROM ${emptyRelation(relations[name]!)}`);
    }
    return await work();
  } finally {
    for (const name of names) await session.run(`DROP TABLE IF EXISTS temp.${ident(name)}`);
  }
}

/**
 * Binds a dataset's statement to empty tables of its inputs' columns and compares what it gives with what is declared.
 * @throws bad_definition with file and line when it does not bind: unknown column, function, types that do not go together
 */
export async function bindDataset(session: Session, dataset: DerivedDataset, statement: Statement): Promise<Problem[]> {
  const relations = Object.fromEntries(
    Object.entries(dataset.inputs).map(([name, input]) => [name, visibleColumns(input.dataset)]),
  );
  return withEmptyRelations(session, relations, async () => {
    const visible = Object.values(relations).flatMap((columns) => columns.map((c) => c.name));
    const actual = await resultColumns(session, statement, visible);
    const sums = await findFloatSums(session, statement);
    const problem = (message: string, hint: string, offset: number | undefined): Problem => ({
      subject: dataset.name,
      where: placeIn(statement.file, statement.sql, offset),
      message,
      hint,
    });
    return [
      ...compareColumns(dataset, statement, actual, problem),
      ...sums.map((sum) => problem(sum.message, sum.hint, sum.offset)),
    ];
  });
}

async function resultColumns(
  session: Session,
  statement: Statement,
  visible: readonly string[],
): Promise<QueryColumn[]> {
  try {
    return await session.columns(statement.runnable);
  } catch (error) {
    const unknown = error instanceof StrataError && UNKNOWN_COLUMN.exec(error.message)?.[1];
    const near = unknown ? nearest(unknown, visible) : undefined;
    throw inFile(error, statement.file, near && `Did you mean ${near}?`);
  }
}

const UNKNOWN_COLUMN = /column (?:named )?"([^"]+)"/i;

type MakeProblem = (message: string, hint: string, offset: number | undefined) => Problem;

function compareColumns(
  dataset: DerivedDataset,
  statement: Statement,
  actual: readonly QueryColumn[],
  problem: MakeProblem,
): Problem[] {
  const { file } = statement;
  const problems: Problem[] = [];
  const select = firstSelect(statement.root);
  const start = firstOffset(select ?? statement.root);
  const offsets = new Map(
    (select ? list(select, 'select_list') : []).map((item) => [columnName(item)?.toLowerCase(), firstOffset(item)]),
  );
  const at = (name: string) => offsets.get(name.toLowerCase()) ?? start;
  const given = new Map(actual.map((column) => [column.name, typeName(column.type)]));
  const declaredNames = dataset.columns.map((c) => c.name);
  const extra = actual.map((c) => c.name).filter((name) => !declaredNames.includes(name));

  for (const name of new Set(actual.map((c) => c.name).filter((n, i, all) => all.indexOf(n) !== i))) {
    problems.push(problem(`${file} gives two columns named ${name}`, 'Rename one with AS, or take one out.', at(name)));
  }
  for (const { name, sqlType } of dataset.columns) {
    const type = given.get(name);
    if (type === undefined) {
      const near = nearest(name, extra);
      const hint = near
        ? `Did you mean ${near}? Write: ${near} AS ${name}.`
        : `Select it, or take it out of ${dataset.name}.`;
      problems.push(problem(`${dataset.name} declares ${name} ${sqlType}, ${file} gives no such column`, hint, start));
    } else if (type !== sqlType) {
      const message = `${dataset.name} declares ${name} ${sqlType}, ${file} gives ${type}: ${castAdvice(type, sqlType)}`;
      problems.push(problem(message, 'Types must be the same; nothing is cast silently.', at(name)));
    }
  }
  for (const name of new Set(extra)) {
    const type = given.get(name);
    problems.push(
      problem(
        `${file} gives ${name} ${type}, which ${dataset.name} does not declare`,
        'Declare the column, or leave it out of the SELECT; instead of * name the columns.',
        at(name),
      ),
    );
  }
  return problems;
}
