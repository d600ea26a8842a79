import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bucketNames } from '../../core/buckets.ts';
import { bucket, integer, key, text } from '../../core/builders.ts';
import { columnsOf } from '../../core/column.ts';
import { openSession } from '../../engine/session.ts';
import type { Publication, PublishedTable, Warehouse } from '../../warehouse/warehouse.ts';
import { difference, dimAt, factAt, SESSION, writeFiles } from './company.fixture.ts';
import { evolutionContract } from './evolution.suite.ts';
import { queryContract } from './query.suite.ts';
import { expectConsistent, expectedFact, FACT, rowsOf, type Subject } from './subject.ts';

/** What every warehouse must do: an adapter is finished when it passes. Call it within a `describe`. */
export function warehouseContract(fresh: () => Promise<Subject>): void {
  let files: string;
  let subject: Subject;
  let warehouse: Warehouse;
  beforeAll(async () => {
    files = await mkdtemp(join(tmpdir(), 'strata-contract-'));
    await writeFiles(files, 'sales', 12);
    await writeFiles(files, 'risk', 3);
  });
  afterAll(() => rm(files, { recursive: true, force: true }));
  beforeEach(async () => {
    subject = await fresh();
    warehouse = await subject.open();
  });
  const publish = (from: number | null, to: number, rest: Partial<Publication> = {}) =>
    warehouse.publish({ ...difference(files, 'sales', from, to), ...rest });

  describe('publishing', () => {
    it('loads each difference: partitions come, change, empty and go', async () => {
      expect(await warehouse.published('sales')).toBeNull();
      expect(await publish(null, 1)).toMatchObject({ outcome: 'published', cut: 1 });
      for (const [from, to] of [
        [1, 2],
        [2, 6],
        [6, 7],
        [7, 12],
      ] as const) {
        expect(await publish(from, to)).toMatchObject({ outcome: 'published', cut: to });
        expect(await expectConsistent(warehouse, 'sales')).toBe(to);
      }
    });

    it('counts the rows it deleted and inserted', async () => {
      const { tables } = await publish(null, 1);
      expect(tables.find((t) => t.name === 'fact_sales')).toEqual({
        name: 'fact_sales',
        deleted: 0,
        inserted: factAt('sales', 1).length,
      });
    });

    it('does nothing for the cut it is at, and for an older one', async () => {
      await publish(null, 4);
      expect(await publish(3, 4)).toEqual({ outcome: 'current', cut: 4, tables: [] });
      expect(await publish(null, 4)).toEqual({ outcome: 'current', cut: 4, tables: [] });
      expect(await publish(1, 2)).toEqual({ outcome: 'newer', cut: 4, tables: [] });
      expect(await expectConsistent(warehouse, 'sales')).toBe(4);
    });

    it('refuses a difference that starts elsewhere', async () => {
      await expect(publish(1, 2)).rejects.toMatchObject({ code: 'conflict' });
      await publish(null, 2);
      for (const from of [null, 1, 3]) await expect(publish(from, 5)).rejects.toMatchObject({ code: 'conflict' });
      expect(await expectConsistent(warehouse, 'sales')).toBe(2);
    });

    it('goes back to an earlier cut when asked to, and on again', async () => {
      await publish(null, 3);
      await publish(3, 9);
      expect(await publish(9, 3, { allowEarlier: true })).toMatchObject({ outcome: 'published', cut: 3 });
      expect(await expectConsistent(warehouse, 'sales')).toBe(3);
      await publish(3, 10);
      expect(await expectConsistent(warehouse, 'sales')).toBe(10);
    });

    it('tells cuts of one number in two lakes apart', async () => {
      await publish(null, 4, { toId: 7 });
      expect(await warehouse.published('sales')).toEqual({ number: 4, id: 7 });
      const { tables } = difference(files, 'sales', null, 4);
      const whole = { fromId: 7, toId: 8, allowEarlier: true, tables: tables.map((t) => ({ ...t, full: true })) };
      expect(await publish(4, 4, whole)).toMatchObject({ outcome: 'published', cut: 4 });
      expect(await warehouse.published('sales')).toEqual({ number: 4, id: 8 });
      await expect(publish(4, 5, { fromId: 7 })).rejects.toMatchObject({ code: 'conflict' });
      expect(await publish(4, 5, { fromId: 8 })).toMatchObject({ outcome: 'published', cut: 5 });
      expect(await expectConsistent(warehouse, 'sales')).toBe(5);
    });

    it('keeps pipelines and environments apart', async () => {
      await publish(null, 2);
      await warehouse.publish(difference(files, 'risk', null, 3));
      const staging = await subject.open('staging');
      await staging.publish(difference(files, 'sales', null, 1));
      expect(await expectConsistent(warehouse, 'sales')).toBe(2);
      expect(await expectConsistent(warehouse, 'risk')).toBe(3);
      expect(await expectConsistent(staging, 'sales')).toBe(1);
      expect(await staging.published('risk')).toBeNull();
    });

    it('replaces a table in full, whatever it holds', async () => {
      await publish(null, 2);
      const { tables } = difference(files, 'sales', null, 5);
      await publish(2, 5, { tables: tables.map((t) => ({ ...t, full: true })) });
      expect(await expectConsistent(warehouse, 'sales')).toBe(5);
    });

    it('drops tables that no longer exist', async () => {
      await publish(null, 1);
      await publish(1, 2, { tables: [], dropTables: ['dim_sales', 'never_was'] });
      await expect(warehouse.query('SELECT * FROM dim_sales')).rejects.toMatchObject({ code: 'bad_input' });
      expect(await rowsOf(warehouse, 'fact_sales', FACT)).toEqual(expectedFact('sales', 1));
    });

    it('refuses files whose rows lie outside their partition, and leaves no trace', async () => {
      await publish(null, 1);
      const next = difference(files, 'sales', 1, 2);
      const [fact, dim] = next.tables as [PublishedTable, PublishedTable];
      const { uris } = fact.replacePartitions[0]!;
      const wrong = { ...fact, replacePartitions: [{ partition: '2026-12-24', uris }] };
      await expect(warehouse.publish({ ...next, tables: [dim, wrong] })).rejects.toMatchObject({ code: 'corrupt' });
      expect(await expectConsistent(warehouse, 'sales')).toBe(1);
    });

    it('of the same publication many times at once makes one', async () => {
      await publish(null, 1);
      const handles = await Promise.all(Array.from({ length: 3 }, () => subject.open()));
      const results = await Promise.allSettled(handles.map((h) => h.publish(difference(files, 'sales', 1, 5))));
      const outcomes = results.map((r) => (r.status === 'fulfilled' ? r.value.outcome : r.reason.code));
      expect(outcomes.filter((o) => o === 'published')).toHaveLength(1);
      expect(outcomes.filter((o) => o === 'published' || o === 'current' || o === 'conflict')).toHaveLength(3);
      expect(await expectConsistent(warehouse, 'sales')).toBe(5);
    });

    it('of two pipelines at once loses neither', async () => {
      const other = await subject.open();
      await Promise.all([publish(null, 4), other.publish(difference(files, 'risk', null, 2))]);
      expect(await expectConsistent(warehouse, 'sales')).toBe(4);
      expect(await expectConsistent(warehouse, 'risk')).toBe(2);
    });

    it('replaces the rows of buckets', async () => {
      const of = (name: string) => Number.parseInt(createHash('md5').update(name).digest('hex').slice(0, 8), 16) % 4;
      const names = Array.from({ length: 40 }, (_, i) => `customer ${i}`);
      const file = async (cut: number, numbers: readonly number[]) => {
        const path = join(files, `buckets-${cut}.parquet`);
        const rows = names.filter((n) => numbers.includes(of(n))).map((n) => `('${n}', ${cut})`);
        await using session = await openSession(SESSION);
        await session.run(
          `COPY (SELECT * FROM (VALUES ${rows.join(', ')}) t(name, cut)) TO '${path}' (FORMAT parquet)`,
        );
        return path;
      };
      const load = async (fromCut: number | null, toCut: number, numbers: readonly number[]) => {
        const path = await file(toCut, numbers);
        await warehouse.publish({
          pipeline: 'p',
          fromCut,
          toCut,
          tables: [
            {
              name: 'dim_customer',
              columns: columnsOf({ name: key(text()), cut: integer() }),
              key: ['name'],
              partitionBy: bucket('name', 4),
              replacePartitions: numbers.map((n, i) => ({
                partition: bucketNames(4)[n]!,
                uris: i === 0 ? [path] : [],
              })),
              dropPartitions: [],
            },
          ],
        });
      };
      await load(null, 1, [0, 1, 2, 3]);
      await load(1, 2, [1, 3]);
      expect(await rowsOf(warehouse, 'dim_customer', ['name', 'cut'])).toEqual(
        names.map((n) => `${n}|${of(n) % 2 === 1 ? 2 : 1}`).sort(),
      );
    });

    it('makes views over the tables, and takes those away that are gone', async () => {
      const view = {
        name: 'sales_flat',
        description: "The analyst's table",
        columns: [{ name: 'id', description: 'Row' }, { name: 'label' }],
        sql: 'SELECT f.id, d.label FROM {{fact_sales}} AS f CROSS JOIN {{dim_sales}} AS d',
      };
      await publish(null, 2, { views: [view] });
      await publish(2, 3, { views: [view] });
      const count = async () => (await warehouse.query('SELECT count(*) AS n, max(label) AS l FROM sales_flat')).rows;
      expect(await count()).toEqual([[factAt('sales', 3).length, dimAt('sales', 3)]]);
      await publish(3, 4, { views: [] });
      await expect(count()).rejects.toMatchObject({ code: 'bad_input' });
    });
  });

  describe('comments', () => {
    it('of tables, views and their columns are those of the models, and follow them', async () => {
      const view = {
        name: 'sales_flat',
        description: "The analyst's table",
        columns: [{ name: 'id', description: 'Row; "its" number' }, { name: 'label' }],
        sql: 'SELECT id, label FROM {{fact_sales}}',
      };
      await publish(null, 1, { views: [view] });
      const columns = { event_date: 'Day', id: 'Row of the day', label: 'Text', amount: 'Money' };
      expect(await subject.comments('fact_sales')).toEqual({ '': 'Facts of sales', ...columns });
      expect(await subject.comments('sales_flat')).toEqual({ '': "The analyst's table", id: 'Row; "its" number' });
      const next = difference(files, 'sales', 1, 2);
      const [fact, dim] = next.tables as [PublishedTable, PublishedTable];
      const told = fact.columns.map((c) => (c.name === 'label' ? { ...c, description: "It's C:\\new" } : c));
      await publish(1, 2, { tables: [{ ...fact, description: 'All sales', columns: told }, dim], views: [view] });
      expect(await subject.comments('fact_sales')).toEqual({ '': 'All sales', ...columns, label: "It's C:\\new" });
      expect(await subject.comments('sales_flat')).toMatchObject({ '': "The analyst's table" });
    });
  });

  queryContract(
    () => warehouse,
    () => publish(null, 1),
  );
  evolutionContract(() => subject);
}
