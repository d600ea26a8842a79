import type { Check } from '../core/check.ts';
import type { Dataset } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import { suggestion } from '../core/suggest.ts';
import { withEmptyRelations } from './bind.ts';
import type { RowPredicate } from './content-hash.ts';
import { findNondeterminism } from './determinism.ts';
import { functionTraits } from './function-traits.ts';
import { collect, type Problem } from './problem.ts';
import type { Session } from './session.ts';
import { list, type Node, text, walk } from './sql-ast.ts';
import { inFile } from './sql-errors.ts';
import { readsOf } from './sql-reads.ts';
import { parseStatement, refuse } from './sql-statement.ts';
import type { TypedColumn } from './sql-text.ts';

/** The build that checks look at. */
const THIS = 'this';

/**
 * Binds row checks, audits and unique checks of a dataset to its declared columns.
 * @param rowChecks as compiled; those that the dataset writes out itself are bound as they are written
 */
export async function bindChecks(
  session: Session,
  dataset: Dataset,
  rowChecks: readonly RowPredicate[],
): Promise<Problem[]> {
  const problems: Problem[] = [];
  const at = (check: string) => `${dataset.name}, check ${check}`;
  await withEmptyRelations(session, { [THIS]: dataset.columns }, async () => {
    const own = dataset.checks.filter((check) => check.kind === 'row');
    for (const { name, sql } of own) {
      await collect(problems, dataset.name, at(name), () => bindRowCheck(session, sql, at(name)));
    }
    const compiled = rowChecks.filter((check) => !own.some((o) => o.name === check.name));
    if (!(await bindTogether(session, compiled, dataset.name))) {
      for (const { name, sql } of compiled) {
        await collect(problems, dataset.name, at(name), () => bindRowCheck(session, sql, at(name)));
      }
    }
    for (const check of dataset.checks) {
      const where = at(nameOf(check));
      await collect(problems, dataset.name, where, async () => {
        if (check.kind === 'audit') await bindAudit(session, check.sql, where);
        if (check.kind === 'unique') refuseUnknown(dataset, check.columns, where);
      });
    }
  });
  const names = rowChecks.map((c) => c.name);
  for (const name of new Set(names.filter((n, i) => names.indexOf(n) !== i))) {
    problems.push({
      subject: dataset.name,
      where: at(name),
      message: `Two row checks of ${dataset.name} are named ${name}`,
      hint: 'Rename one: quarantine names the check that a row failed.',
    });
  }
  return problems;
}

const nameOf = (check: Check): string =>
  check.kind === 'unique' ? `unique(${check.columns.join(', ')})` : check.kind === 'rowCount' ? 'rowCount' : check.name;

/** A condition on one row of these columns that is no row check: what a label or a rule says. @throws bad_definition */
export const bindCondition = (
  session: Session,
  columns: readonly TypedColumn[],
  sql: string,
  where: string,
): Promise<void> =>
  withEmptyRelations(session, { [THIS]: columns }, () => bindRowCheck(session, sql, where, 'condition'));

/** All in one statement, since a table has dozens. @returns whether nothing is wrong with any */
async function bindTogether(session: Session, checks: readonly RowPredicate[], where: string): Promise<boolean> {
  if (checks.length === 0) return true;
  try {
    await bindConditions(
      session,
      checks.map(({ sql }) => sql),
      where,
      'row check',
    );
    return true;
  } catch (error) {
    if (error instanceof StrataError) return false;
    throw error;
  }
}

const bindRowCheck = (session: Session, sql: string, where: string, what = 'row check'): Promise<void> =>
  bindConditions(session, [sql], where, what);

async function bindConditions(session: Session, sqls: readonly string[], where: string, what: string): Promise<void> {
  const traits = await functionTraits(session);
  const columns = sqls.map((sql) => `(${sql}\n)`).join(', ');
  const statement = await parseStatement(session, `SELECT ${columns} FROM {{${THIS}}}`, where);
  const expressions = list(statement.root, 'select_list');
  // `true), (false` balances the brackets around it and would be two.
  if (expressions.length !== sqls.length) notOneExpression(where, what);
  const refuseOthers = (node: Node) => {
    const kind = text(node, 'class');
    const call = text(node, 'function_name').toLowerCase();
    if (kind === 'SUBQUERY' || kind === 'WINDOW' || (kind === 'FUNCTION' && traits.aggregates.has(call))) {
      throw new StrataError('bad_definition', `A ${what} looks at one row; this one looks at others`, {
        where,
        hint:
          what === 'row check' ? 'Write an audit(...) for what concerns the whole table.' : 'Compute it in a feature.',
      });
    }
    return undefined;
  };
  for (const expression of expressions) walk(expression, refuseOthers);
  refuse(statement, [...readsOf(statement, [THIS]).problems, ...findNondeterminism(statement, traits)]);
  const types = (await columnsIn(session, statement.runnable, where)).map(({ type }) => type);
  const type = types.find((given) => given !== 'BOOLEAN');
  if (type !== undefined) {
    throw new StrataError('bad_definition', `The ${what} gives ${type}, not BOOLEAN`, {
      where,
      hint: `Write what is true for a ${what === 'row check' ? 'good row' : 'row that is meant'}, such as amount > 0.`,
    });
  }
}

function notOneExpression(where: string, what: string): never {
  throw new StrataError('bad_definition', `The ${what} is not one expression`, { where });
}

async function bindAudit(session: Session, sql: string, where: string): Promise<void> {
  const statement = await parseStatement(session, sql, where);
  const { problems, inputs } = readsOf(statement, [THIS]);
  refuse(statement, problems);
  if (!inputs.has(THIS)) {
    throw new StrataError('bad_definition', 'The audit does not look at {{this}}', {
      where,
      hint: 'Select the failing rows FROM {{this}}.',
    });
  }
  await columnsIn(session, statement.runnable, where);
}

async function columnsIn(session: Session, sql: string, where: string) {
  try {
    return await session.columns(sql);
  } catch (error) {
    throw inFile(error, where);
  }
}

function refuseUnknown(dataset: Dataset, columns: readonly string[], where: string): void {
  const declared = dataset.columns.map((c) => c.name);
  const unknown = columns.find((c) => !declared.includes(c));
  if (unknown !== undefined) {
    throw new StrataError('bad_definition', `${dataset.name} has no column ${unknown}`, {
      where,
      hint: suggestion(unknown, declared),
    });
  }
}
