import type { DerivedDataset } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import { generatedColumns, sqlColumnsOf, timelessColumns } from '../core/history.ts';
import { technicalColumns } from '../core/lake-columns.ts';
import type { Input } from '../core/mapping.ts';
import { nearest } from '../core/suggest.ts';
import { findFloatSums } from './float-sums.ts';
import type { Problem } from './problem.ts';
import type { QueryColumn, Session } from './session.ts';
import { columnName, firstOffset, firstSelect, list } from './sql-ast.ts';
import { inFile, placeIn } from './sql-errors.ts';
import type { Statement } from './sql-statement.ts';
import { emptyRelation, ident, type TypedColumn } from './sql-text.ts';
import { castAdvice, typeName } from './type-names.ts';

/**
 * Columns that SQL sees of an input: the declared ones, and of bronze also Strata's; of a history read by key and time only
 * those that are never rewritten.
 */
export function visibleColumns({ dataset, mapping }: Input): TypedColumn[] {
  const declared = dataset.columns.map(({ name, sqlType }) => ({ name, sqlType }));
  if (dataset.kind === 'source') return [...declared, ...technicalColumns(dataset)];
  if (mapping.kind !== 'asOf' || !dataset.history) return declared;
  const timeless = new Set(timelessColumns(dataset.history));
  return declared.filter(({ name }) => timeless.has(name));
}

/** Columns that an input has and its reader does not see, with what to do about it. */
function hiddenHint(dataset: DerivedDataset, column: string): string | undefined {
  for (const [name, input] of Object.entries(dataset.inputs)) {
    const visible = visibleColumns(input).map((c) => c.name);
    if (visible.includes(column)) return undefined;
    if (!input.dataset.columns.some((c) => c.name === column)) continue;
    return `${column} of ${name} is rewritten in old rows, so a reader by time may not see it: it sees ${visible.join(', ')}. Track it in the history of ${input.dataset.name}, or join it where the rows are read.`;
  }
  return undefined;
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
    Object.entries(dataset.inputs).map(([name, input]) => [name, visibleColumns(input)]),
  );
  return withEmptyRelations(session, relations, async () => {
    const visible = Object.values(relations).flatMap((columns) => columns.map((c) => c.name));
    const actual = await resultColumns(session, dataset, statement, visible);
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
  dataset: DerivedDataset,
  statement: Statement,
  visible: readonly string[],
): Promise<QueryColumn[]> {
  try {
    return await session.columns(statement.runnable);
  } catch (error) {
    const unknown = error instanceof StrataError && UNKNOWN_COLUMN.exec(error.message)?.[1];
    const near = unknown ? nearest(unknown, visible) : undefined;
    const hidden = unknown ? hiddenHint(dataset, unknown) : undefined;
    throw inFile(error, statement.file, hidden ?? (near && `Did you mean ${near}?`));
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
  const expected = sqlColumnsOf(dataset);
  const declaredNames = expected.map((c) => c.name);
  const added = new Set(dataset.history ? generatedColumns(dataset.history) : []);
  const extra = actual.map((c) => c.name).filter((name) => !declaredNames.includes(name));

  for (const name of new Set(actual.map((c) => c.name).filter((n, i, all) => all.indexOf(n) !== i))) {
    problems.push(problem(`${file} gives two columns named ${name}`, 'Rename one with AS, or take one out.', at(name)));
  }
  for (const { name, sqlType } of expected) {
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
    const [what, hint] = added.has(name)
      ? ['fills itself from the versions', 'Leave it out of the SELECT.']
      : ['does not declare', 'Declare the column, or leave it out of the SELECT; instead of * name the columns.'];
    problems.push(problem(`${file} gives ${name} ${type}, which ${dataset.name} ${what}`, hint, at(name)));
  }
  return problems;
}
