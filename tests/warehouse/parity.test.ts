import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import projectDefinition from '../../config/project.ts';
import { bucketNames } from '../../core/buckets.ts';
import type { DerivedDataset } from '../../core/dataset.ts';
import { datasetsOf } from '../../core/graph.ts';
import { publishedName, publishedOf } from '../../core/published.ts';
import { bucketSql } from '../../engine/bucket-sql.ts';
import type { Session } from '../../engine/session.ts';
import { ident, literal } from '../../engine/sql-text.ts';
import { openDuckdbWarehouse } from '../../warehouse/duckdb-warehouse.ts';
import { openSnowflakeWarehouse } from '../../warehouse/snowflake/snowflake-warehouse.ts';
import type { Publication, PublishedTable, PublishedView, Warehouse } from '../../warehouse/warehouse.ts';
import { type CompanySources, openCompanySources } from '../e2e/company.sources.ts';
import { type CompanyTables, companyTables } from '../models/company.duckdb.ts';
import { freshName } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { SESSION } from './company.fixture.ts';

const pipeline = projectDefinition.pipelines.find((p) => p.publish !== undefined)!;
const GOLD = publishedOf(pipeline);
const PARTITION = '_partition';

await describeWith(['postgres', 'mongodb', 'snowflake'], 'the company in both warehouses', (addresses) => {
  let folder: string;
  let sources: CompanySources;
  let tables: CompanyTables;
  let warehouses: readonly [Warehouse, Warehouse];
  let views: readonly PublishedView[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-parity-'));
    sources = await openCompanySources(addresses, { rowsPerDay: 40 });
    await sources.live(3);
    tables = await companyTables(datasetsOf(projectDefinition), sources.client, sources.db);
    warehouses = [
      await openDuckdbWarehouse({ path: join(folder, 'analytics.duckdb'), schema: 'dev', session: SESSION }),
      openSnowflakeWarehouse({
        connection: { ...addresses.snowflake, schema: freshName('parity'), patienceMillis: 5000 },
        session: SESSION,
      }),
    ];
    views = await Promise.all(
      pipeline.views.map(async (view) => ({
        name: view.name,
        description: view.description,
        columns: [],
        sql: await readFile(new URL(`../../${projectDefinition.sqlFolder}/${view.sql}`, import.meta.url), 'utf8'),
      })),
    );
  }, 240_000);
  afterAll(async () => {
    await tables?.[Symbol.asyncDispose]();
    await sources?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('every table has the same rows, loaded whole and then partition by partition', async () => {
    const whole = await Promise.all(GOLD.map((dataset) => written(tables.session, folder, dataset)));
    await publish({ fromCut: null, toCut: 1, tables: whole.map((t) => ({ ...t, full: true })), views });
    await expectSame();
    // Rows are taken out of every table, so that both must delete and insert.
    for (const { name } of GOLD)
      await tables.session.run(`DELETE FROM ${ident(name)} WHERE hash(${ident(name)}) % 3 = 0`);
    const changed = await Promise.all(GOLD.map((d, i) => written(tables.session, folder, d, whole[i])));
    await publish({ fromCut: 1, toCut: 2, tables: changed, views });
    await expectSame();
  }, 300_000);

  async function publish(rest: Omit<Publication, 'pipeline'>): Promise<void> {
    for (const warehouse of warehouses) await warehouse.publish({ pipeline: pipeline.name, ...rest });
  }

  async function expectSame(): Promise<void> {
    const [duckdb, snowflake] = warehouses;
    for (const { name, columns } of GOLD) {
      const sql = `SELECT ${columns.map((c) => ident(c.name)).join(', ')} FROM ${publishedName(name)}`;
      const plain = sql.replaceAll('"', '');
      const [a, b] = [await hashed(duckdb, plain), await hashed(snowflake, plain)];
      const [count] = await tables.session.rows<{ n: bigint }>(`SELECT count(*) AS n FROM ${ident(name)}`);
      expect([name, a.rows]).toEqual([name, Number(count?.n)]);
      expect([name, b.hash === a.hash ? [] : differences(b.texts, a.texts)]).toEqual([name, []]);
    }
    for (const { name } of views) {
      expect([name, await count(snowflake, name)]).toEqual([name, await count(duckdb, name)]);
    }
  }
});

/** The rows as text, in any order, as one hash. */
async function hashed(
  warehouse: Warehouse,
  sql: string,
): Promise<{ rows: number; hash: string; texts: readonly string[] }> {
  const { rows } = await warehouse.query(sql, { maxRows: 1_000_000 });
  const texts = rows.map((row) => JSON.stringify(row)).sort();
  return { rows: rows.length, hash: createHash('sha256').update(texts.join('\n')).digest('hex'), texts };
}

/** The first rows that only one of them has. */
function differences(a: readonly string[], b: readonly string[]): string[] {
  const [inA, inB] = [new Set(a), new Set(b)];
  return [...a.filter((row) => !inB.has(row)).slice(0, 2), ...b.filter((row) => !inA.has(row)).slice(0, 2)];
}

const count = async (warehouse: Warehouse, table: string) =>
  (await warehouse.query(`SELECT count(*) AS n FROM ${table}`)).rows[0]?.[0];

/** A table's files as the lake has them: one per partition, its name within, and a column that is not published. */
async function written(
  session: Session,
  folder: string,
  dataset: DerivedDataset,
  before?: PublishedTable,
): Promise<PublishedTable> {
  const { name, columns, key, partitionBy, description } = dataset;
  const by = partitionSql(dataset);
  const found = await session.rows<{ p: string }>(`SELECT DISTINCT ${by} AS p FROM ${ident(name)} ORDER BY p`);
  const present = partitionBy.kind === 'bucket' ? bucketNames(partitionBy.count) : found.map(({ p }) => p);
  // A partition that has lost its last row is replaced by nothing.
  const names = new Set([...present, ...(before?.replacePartitions.map((r) => r.partition) ?? [])]);
  const replacePartitions = [];
  for (const partition of names) {
    const file = join(folder, `${freshName(publishedName(name))}.parquet`);
    const declared = columns.map((c) => ident(c.name)).join(', ');
    await session.run(
      `COPY (SELECT ${declared}, ${literal(partition)} AS ${PARTITION} FROM ${ident(name)} WHERE ${by} = ${literal(partition)}) TO ${literal(file)} (FORMAT parquet)`,
    );
    replacePartitions.push({ partition, uris: [file] });
  }
  return { name: publishedName(name), description, columns, key, partitionBy, replacePartitions, dropPartitions: [] };
}

function partitionSql({ partitionBy }: DerivedDataset): string {
  if (partitionBy.kind === 'all') return `'all'`;
  if (partitionBy.kind === 'bucket') return bucketSql(partitionBy);
  const column = `${ident(partitionBy.column)}`;
  const format = { hour: '%Y-%m-%dT%H', day: '%Y-%m-%d', week: '%G-W%V', month: '%Y-%m' }[partitionBy.grain];
  return `strftime(${column}, ${literal(format)})`;
}
