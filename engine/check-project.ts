import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Dataset, DerivedDataset } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import { checkGraph, datasetsOf } from '../core/graph.ts';
import type { Project } from '../core/project.ts';
import { misfit } from '../core/references.ts';
import { bindDataset } from './bind.ts';
import { refusedMembers } from './check-members.ts';
import { type CheckParams, checkRetrainings } from './check-retrainings.ts';
import { bindChecks } from './check-rules.ts';
import { checkViews } from './check-views.ts';
import type { RowPredicate } from './content-hash.ts';
import { findNondeterminism } from './determinism.ts';
import { functionTraits } from './function-traits.ts';
import { collect, type Problem } from './problem.ts';
import { findNotRowWise } from './row-wise.ts';
import { openSession, type Session } from './session.ts';
import { placeIn } from './sql-errors.ts';
import { readsOf } from './sql-reads.ts';
import { parseStatement, type SqlProblem } from './sql-statement.ts';

export interface CheckOptions {
  /** Folder of the project's SQL files on this machine. */
  readonly sqlRoot: string;
  /**
   * All row checks of a dataset; `compileRowChecks` of quality/row-checks.ts, which also compiles the columns' zod
   * types. Given from outside, because engine stands below quality.
   */
  readonly rowChecks: (dataset: Dataset) => readonly RowPredicate[];
  /** Refuses parameters that the trainer does not know; ml stands above engine, too. */
  readonly trainerParams?: CheckParams;
}

export interface CheckResult {
  readonly problems: readonly Problem[];
  /** How many datasets were looked at. */
  readonly datasets: number;
}

/** Everything that can be known about a project without data and without a server. */
export async function checkProject(project: Project, options: CheckOptions): Promise<CheckResult> {
  const problems: Problem[] = [];
  await collect(problems, undefined, 'project', () => checkGraph(project));
  let datasets: Dataset[] = [];
  try {
    datasets = datasetsOf(project);
  } catch {
    // A cycle or two datasets of one name: reported by checkGraph already, and nothing can be bound in order.
    return { problems, datasets: 0 };
  }
  const session = await openSession({ memoryLimit: '512MB', threads: 1 });
  try {
    for (const dataset of datasets) {
      problems.push(...(await checkDataset(session, project, dataset, options)));
      problems.push(...referenceProblems(dataset, datasets));
    }
    problems.push(...(await checkViews(session, project, options.sqlRoot)));
    problems.push(...(await checkRetrainings(session, project, datasets, options.trainerParams)));
  } finally {
    await session.close();
  }
  return { problems, datasets: datasets.length };
}

async function checkDataset(
  session: Session,
  project: Project,
  dataset: Dataset,
  options: CheckOptions,
): Promise<Problem[]> {
  const problems: Problem[] = partitionProblems(dataset);
  await collect(problems, dataset.name, dataset.name, async () => {
    const rowChecks = options.rowChecks(dataset);
    problems.push(...(await bindChecks(session, dataset, rowChecks)));
    if (dataset.kind === 'derived') problems.push(...(await refusedMembers(session, dataset, rowChecks)));
  });
  if (dataset.kind === 'derived') {
    const file = posix.join(project.sqlFolder, dataset.sql);
    await collect(problems, dataset.name, file, async () => {
      const sql = await readSql(options.sqlRoot, dataset, file);
      problems.push(...(await checkSql(session, dataset, sql, file)));
    });
  }
  return problems;
}

const BUCKET_TYPES = ['VARCHAR', 'BIGINT', 'INTEGER'];

function partitionProblems({ name, partitionBy, columns, kind, checks }: Dataset): Problem[] {
  if (partitionBy.kind === 'bucket') {
    if (checks.some((check) => check.kind === 'rowCount')) {
      const message = `${name} checks its rowCount, which compares a partition with those before it; buckets have no order`;
      return [{ subject: name, where: name, message, hint: 'Take the check out, or write an audit(...).' }];
    }
    const type = columns.find((c) => c.name === partitionBy.column)?.sqlType ?? 'not declared';
    if (BUCKET_TYPES.includes(type)) return [];
    const message = `${name} is cut into buckets of ${partitionBy.column}, which is ${type}`;
    const hint = 'Cut by a text or a whole number: the text of other types differs between engines.';
    return [{ subject: name, where: name, message, hint }];
  }
  if (partitionBy.kind !== 'time' || (kind === 'source' && partitionBy.column.startsWith('_'))) return [];
  const column = columns.find((c) => c.name === partitionBy.column);
  const cut = `${name} is cut by ${partitionBy.grain} of ${partitionBy.column}`;
  const problem = (message: string, hint: string): Problem => ({ subject: name, where: name, message, hint });
  if (column?.sqlType !== 'DATE' && column?.sqlType !== 'TIMESTAMPTZ') {
    const hint = 'Cut by a column that is date() or timestamp(), or by whole().';
    return [problem(`${cut}, which is ${column?.sqlType ?? 'not declared'}`, hint)];
  }
  // Bronze's cursor is refused by the ingest; a derived row is, by the check that the missing `nullable` makes.
  if (kind === 'derived' && column.nullable) {
    return [
      problem(
        `${cut}, which may be null: such rows have no partition`,
        'Take .nullable() away, so that they go to quarantine.',
      ),
    ];
  }
  return [];
}

function referenceProblems({ name, columns }: Dataset, datasets: readonly Dataset[]): Problem[] {
  return columns.flatMap((column): Problem[] => {
    const wrong = column.references && misfit(column.references, datasets);
    if (!wrong) return [];
    const hint = 'References point at the one key column of a dataset that a pipeline lists.';
    return [
      { subject: name, where: name, message: `${name}.${column.name} references what is not there: ${wrong}`, hint },
    ];
  });
}

async function readSql(sqlRoot: string, dataset: DerivedDataset, file: string): Promise<string> {
  try {
    return await readFile(join(sqlRoot, dataset.sql), 'utf8');
  } catch (cause) {
    throw new StrataError('bad_definition', `${dataset.name}: the SQL file ${file} cannot be read`, {
      where: file,
      hint: 'Create it, or correct `sql` of the dataset; paths start below the SQL folder.',
      cause,
    });
  }
}

async function checkSql(session: Session, dataset: DerivedDataset, sql: string, file: string): Promise<Problem[]> {
  const statement = await parseStatement(session, sql, file);
  const traits = await functionTraits(session);
  const names = Object.keys(dataset.inputs);
  const reads = readsOf(statement, names);
  const members = Object.keys(dataset.history?.members ?? {});
  const unused = names.filter((name) => !reads.inputs.has(name) && !members.includes(name));
  const looked = members.filter((name) => reads.inputs.has(name));
  const found: SqlProblem[] = [
    ...reads.problems,
    ...unused.map((name) => ({
      message: `${dataset.name} declares the input ${name}, but ${file} does not read {{${name}}}`,
      hint: 'Take the input out: every change of it would rebuild this dataset.',
      offset: undefined,
    })),
    ...looked.map((name) => ({
      message: `${file} reads {{${name}}}, in which Strata looks for mentioned keys only`,
      hint: `Take it out of the SQL: inferred members come by themselves, and what else it says would not be seen to move.`,
      offset: undefined,
    })),
    ...findNondeterminism(statement, traits),
    ...(dataset.write.kind === 'merge' ? findNotRowWise(statement, names[0] ?? '', traits) : []),
  ];
  const problems = found.map(({ message, hint, offset }): Problem => {
    return { subject: dataset.name, where: placeIn(file, statement.sql, offset), message, hint };
  });
  if (reads.problems.length > 0) return problems;
  await collect(problems, dataset.name, file, async () => {
    problems.push(...(await bindDataset(session, dataset, statement)));
  });
  return problems;
}
