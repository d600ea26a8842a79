import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bucketNames } from '../../core/buckets.ts';
import { bigint, bucket, key, text } from '../../core/builders.ts';
import { columnsOf } from '../../core/column.ts';
import type { PartitionBy } from '../../core/dataset.ts';
import { bucketSql } from '../../engine/bucket-sql.ts';
import { openSession } from '../../engine/session.ts';
import { openDuckdbWarehouse } from '../../warehouse/duckdb-warehouse.ts';
import type { PublishedTable, Warehouse } from '../../warehouse/warehouse.ts';

const SESSION = { memoryLimit: '256MB', threads: 1 };
const by = bucket('customer_id', 4) as PartitionBy & { kind: 'bucket' };
const columns = columnsOf({ customer_key: key(bigint()), customer_id: text().nullable(), note: text() });

let folder: string;
let warehouse: Warehouse;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-buckets-'));
  warehouse = await openDuckdbWarehouse({ path: join(folder, 'analytics.duckdb'), schema: 'dev', session: SESSION });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Twenty customers, one of them without an id, in the files of their buckets. */
async function partitions(note: string, only: readonly string[]): Promise<PublishedTable['replacePartitions']> {
  await using session = await openSession(SESSION);
  const rows = `SELECT i AS customer_key, CASE WHEN i > 0 THEN 'c' || i END AS customer_id, '${note}' AS note FROM range(20) t(i)`;
  const made = [];
  for (const partition of only) {
    const uri = join(folder, `${note}-${partition}.parquet`);
    await session.run(
      `COPY (SELECT * FROM (${rows}) WHERE ${bucketSql(by)} = '${partition}') TO '${uri}' (FORMAT parquet)`,
    );
    made.push({ partition, uris: [uri] });
  }
  return made;
}

function publish(cut: number, replacePartitions: PublishedTable['replacePartitions']) {
  const table = {
    name: 'dim_customer',
    columns,
    key: ['customer_key'],
    partitionBy: by,
    replacePartitions,
    dropPartitions: [],
  };
  return warehouse.publish({ pipeline: 'p', fromCut: cut === 1 ? null : cut - 1, toCut: cut, tables: [table] });
}
const notes = async () => {
  const { rows } = await warehouse.query('SELECT customer_id, note FROM dim_customer ORDER BY customer_key');
  return new Map(rows.map(([id, note]) => [id, note]));
};

test('a changed bucket takes the place of its rows, null among them, and leaves the others', async () => {
  await publish(1, await partitions('first', bucketNames(4)));
  expect((await notes()).size).toBe(20);
  const second = await publish(2, await partitions('second', ['b00of4', 'b02of4']));
  expect(second.tables[0]).toMatchObject({ deleted: second.tables[0]?.inserted });
  const after = await notes();
  expect(after.size).toBe(20);
  expect(after.get(null)).toBe('second');
  const counts = [...after.values()].filter((n) => n === 'second').length;
  expect(counts).toBe(second.tables[0]?.inserted);
  expect(counts).toBeGreaterThan(1);
  expect(counts).toBeLessThan(20);
});

test('a file with rows of another bucket is refused', async () => {
  const [wrong] = await partitions('wrong', ['b01of4']);
  await expect(publish(3, [{ partition: 'b03of4', uris: wrong!.uris }])).rejects.toMatchObject({ code: 'corrupt' });
  expect([...(await notes()).values()]).not.toContain('wrong');
});
