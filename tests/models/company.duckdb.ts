import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EJSON } from 'bson';
import type { Db } from 'mongodb';
import type pg from 'pg';
import type { Dataset, DerivedDataset, SourceDataset } from '../../core/dataset.ts';
import { lakeColumns } from '../../core/lake-columns.ts';
import { openSession, type Session } from '../../engine/session.ts';
import { ident, literal, render } from '../../engine/sql-text.ts';
import type { TextRow } from '../e2e/text-rows.ts';
import { textRows } from '../oracle/text-query.ts';
import { contentSql } from './history-relation.ts';

export interface CompanyTables extends AsyncDisposable {
  /** Rows of a derived dataset, every value as text, in the columns it declares. */
  rows(dataset: DerivedDataset): Promise<TextRow[]>;
  /** Every table under its full name, `"gold.fact_payment"`. */
  readonly session: Session;
}

/**
 * The company's databases as they stand, taken through the SQL of the datasets in one go: no lake, no partitions, nothing
 * incremental. What the pipeline must come to in the end, and a fast look at a change of SQL.
 * @param datasets inputs before what is made from them
 */
export async function companyTables(datasets: readonly Dataset[], client: pg.Client, db: Db): Promise<CompanyTables> {
  const session = await openSession({ memoryLimit: '1GB', threads: 1 });
  const folder = await mkdtemp(join(tmpdir(), 'strata-company-'));
  for (const dataset of datasets) {
    if (dataset.kind === 'source') await loadSource(session, folder, dataset, client, db);
    else await build(session, dataset);
  }
  return {
    session,
    rows: ({ name, columns }) =>
      session.rows(`SELECT ${columns.map((c) => textOf(c.name, c.sqlType)).join(', ')} FROM ${ident(name)}`),
    async [Symbol.asyncDispose]() {
      await session.close();
      await rm(folder, { recursive: true });
    },
  };
}

const textOf = (name: string, type: string): string =>
  type === 'TIMESTAMPTZ'
    ? `strftime(${ident(name)} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ') AS ${ident(name)}`
    : `${ident(name)}::VARCHAR AS ${ident(name)}`;

async function loadSource(
  session: Session,
  folder: string,
  dataset: SourceDataset,
  client: pg.Client,
  db: Db,
): Promise<void> {
  const { name, columns, relation, source, sourceColumns } = dataset;
  const rows =
    source.system === 'postgres'
      ? await textRows(
          client,
          `select ${columns.map((c) => `${ident(sourceColumns[c.name]!)} as ${ident(c.name)}`).join(', ')} from ${relation}`,
        )
      : await documents(db, dataset);
  const file = join(folder, `${name}.json`);
  await writeFile(file, rows.map((row) => JSON.stringify(row)).join('\n'));
  const given = columns.map((c) => `${literal(c.name)}: 'VARCHAR'`).join(', ');
  const typed = lakeColumns(dataset).map(({ name: column, sqlType }) =>
    columns.some((c) => c.name === column)
      ? `${ident(column)}::${sqlType} AS ${ident(column)}`
      : `${column === '_op' ? `'u'` : 'NULL'}::${sqlType} AS ${ident(column)}`,
  );
  const from = `read_json(${literal(file)}, columns = {${given}}, format = 'newline_delimited', maximum_object_size = 100000000)`;
  await session.run(
    `CREATE TABLE ${ident(name)} AS SELECT ${typed.join(', ')} FROM ${rows.length === 0 ? `(SELECT ${columns.map((c) => `NULL AS ${ident(c.name)}`).join(', ')} WHERE false)` : from}`,
  );
}

async function documents(db: Db, { relation, columns, sourceColumns }: SourceDataset) {
  const found = await db.collection(relation).find({}, { promoteValues: false }).toArray();
  return found.map((document) =>
    Object.fromEntries(
      columns.map(({ name, sqlType, json }) => {
        const value: unknown = document[sourceColumns[name]!];
        if (value === undefined) return [name, null];
        if (json) return [name, EJSON.stringify(value as object, { relaxed: false })];
        if (sqlType === 'TIMESTAMPTZ') return [name, (value as Date).toISOString()];
        return [name, String(value)];
      }),
    ),
  );
}

async function build(session: Session, dataset: DerivedDataset): Promise<void> {
  const relations = Object.fromEntries(
    Object.entries(dataset.inputs).map(([name, input]) => [name, ident(input.dataset.name)]),
  );
  const text = await readFile(new URL(`../../warehouse-sql/${dataset.sql}`, import.meta.url), 'utf8');
  const sql = await contentSql(session, dataset, render(text, relations, dataset.sql), relations);
  const valid = dataset.checks.flatMap((check) => (check.kind === 'row' ? [`coalesce((${check.sql}), false)`] : []));
  const where = valid.length > 0 ? ` WHERE ${valid.join(' AND ')}` : '';
  const { write } = dataset;
  const latest =
    write.kind === 'merge'
      ? ` QUALIFY row_number() OVER (PARTITION BY ${dataset.key.map(ident).join(', ')} ORDER BY ${ident(write.latestBy)} DESC) = 1`
      : '';
  await session.run(`CREATE TABLE ${ident(dataset.name)} AS SELECT * FROM (${sql}\n)${where}${latest}`);
  for (const check of dataset.checks) {
    if (check.kind !== 'audit') continue;
    const failed = await session.rows(render(check.sql, { this: ident(dataset.name) }, check.name));
    if (failed.length > 0) throw new Error(`${dataset.name}: ${check.name}: ${failed.length} rows`);
  }
}
