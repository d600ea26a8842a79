import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bucketNames } from '../../core/buckets.ts';
import {
  bigint,
  boolean,
  bucket,
  bytes,
  date,
  day,
  decimal,
  double,
  integer,
  key,
  month,
  renamed,
  text,
  timestamp,
} from '../../core/builders.ts';
import { type ColumnShape, columnsOf } from '../../core/column.ts';
import type { StrataError } from '../../core/errors.ts';
import { openSession } from '../../engine/session.ts';
import { literal } from '../../engine/sql-text.ts';
import type { PublishedTable, PublishedView, Warehouse } from '../../warehouse/warehouse.ts';
import { SESSION } from './company.fixture.ts';
import { rowsOf, type Subject } from './subject.ts';

/** A fact of two days; the second publication touches the second day only, so the first shows what happened to its rows. */
export function evolutionContract(subject: () => Subject): void {
  let files: string;
  beforeAll(async () => {
    files = await mkdtemp(join(tmpdir(), 'strata-evolution-'));
  });
  afterAll(() => rm(files, { recursive: true, force: true }));

  async function parquet(select: string): Promise<string> {
    const file = join(files, `${Math.random()}.parquet`);
    await using session = await openSession(SESSION);
    await session.run(`COPY (${select}) TO ${literal(file)} (FORMAT parquet)`);
    return file;
  }
  const table = (shape: ColumnShape, partitions: PublishedTable['replacePartitions']): PublishedTable => ({
    name: 'fact_thing',
    columns: columnsOf(shape),
    key: ['on_day', 'id'],
    partitionBy: day('on_day'),
    replacePartitions: partitions,
    dropPartitions: [],
  });
  const publishWith = async (
    warehouse: Warehouse,
    [fromCut, toCut]: readonly [number | null, number],
    one: PublishedTable,
    views?: readonly PublishedView[],
  ) => warehouse.publish({ pipeline: 'p', fromCut, toCut, tables: [one], ...(views && { views }) });
  const OLD = { on_day: key(date()), id: key(integer()), label: text(), amount: decimal(9, 2) };
  const FIRST = `SELECT DATE '2026-11-01' AS on_day, 1::INTEGER AS id, 'a' AS label, 1.50::DECIMAL(9,2) AS amount`;

  /** Publishes the old shape, then the new one with a second day. */
  async function evolve(shape: ColumnShape, second: string) {
    const warehouse = await subject().open();
    await warehouse.publish({
      pipeline: 'p',
      fromCut: null,
      toCut: 1,
      tables: [table(OLD, [{ partition: '2026-11-01', uris: [await parquet(FIRST)] }])],
    });
    const uris = [await parquet(second)];
    const next = { pipeline: 'p', fromCut: 1, toCut: 2, tables: [table(shape, [{ partition: '2026-11-02', uris }])] };
    return { warehouse, publish: () => warehouse.publish(next) };
  }

  describe('a table whose definition changed', () => {
    it('gets its new columns; rows that are there keep theirs', async () => {
      const shape = { ...OLD, since: timestamp().nullable() };
      const { warehouse, publish } = await evolve(
        shape,
        `SELECT DATE '2026-11-02' AS on_day, 2::INTEGER AS id, 'b' AS label, 2.00::DECIMAL(9,2) AS amount, TIMESTAMPTZ '2026-11-02 10:00:00.123456+00' AS since`,
      );
      await publish();
      expect(await rowsOf(warehouse, 'fact_thing', Object.keys(shape))).toEqual([
        '2026-11-01|1|a|1.50|',
        '2026-11-02|2|b|2.00|2026-11-02T10:00:00.123456Z',
      ]);
    });

    it('reads a file from before a column was added: it has none', async () => {
      const shape = { ...OLD, since: timestamp().nullable() };
      const { warehouse, publish } = await evolve(
        shape,
        `SELECT DATE '2026-11-02' AS on_day, 2::INTEGER AS id, 'b' AS label, 2.00::DECIMAL(9,2) AS amount`,
      );
      await publish();
      expect(await rowsOf(warehouse, 'fact_thing', Object.keys(shape))).toEqual([
        '2026-11-01|1|a|1.50|',
        '2026-11-02|2|b|2.00|',
      ]);
    });

    it('or did not change: columns of every type are known again', async () => {
      const shape = {
        on_day: key(date()),
        id: key(bigint()),
        n: integer(),
        moment: timestamp(),
        f: double(),
        b: boolean(),
        t: text(),
        x: bytes(),
        d: decimal(38, 9),
      };
      const row = (day: string, id: number) =>
        `SELECT DATE '${day}' AS on_day, ${id}::BIGINT AS id, 7::INTEGER AS n, TIMESTAMPTZ '${day} 10:00:00+00' AS moment, 1.5::DOUBLE AS f,
         true AS b, 'NULL \\N' AS t, '\\xAB'::BLOB AS x, 12345678901234567890123456789.123456789::DECIMAL(38,9) AS d`;
      const warehouse = await subject().open();
      for (const cut of [1, 2]) {
        const day = `2026-11-0${cut}`;
        await warehouse.publish({
          pipeline: 'p',
          fromCut: cut === 1 ? null : 1,
          toCut: cut,
          tables: [table(shape, [{ partition: day, uris: [await parquet(row(day, cut))] }])],
        });
      }
      expect(await rowsOf(warehouse, 'fact_thing', Object.keys(shape))).toEqual(
        [1, 2].map(
          (n) =>
            `2026-11-0${n}|${n}|7|2026-11-0${n}T10:00:00.000000Z|1.5|true|NULL \\N|ab|12345678901234567890123456789.123456789`,
        ),
      );
    });

    it('gets wider columns', async () => {
      const shape = { ...OLD, id: key(bigint()), amount: decimal(18, 2) };
      const { warehouse, publish } = await evolve(
        shape,
        `SELECT DATE '2026-11-02' AS on_day, 9007199254740993 AS id, 'b' AS label, 1234567890123.45::DECIMAL(18,2) AS amount`,
      );
      await publish();
      expect(await rowsOf(warehouse, 'fact_thing', Object.keys(shape))).toEqual([
        '2026-11-01|1|a|1.50',
        '2026-11-02|9007199254740993|b|1234567890123.45',
      ]);
    });

    it('loses columns that are no longer declared', async () => {
      const { label: _, ...shape } = OLD;
      const { warehouse, publish } = await evolve(
        shape,
        `SELECT DATE '2026-11-02' AS on_day, 2::INTEGER AS id, 2.00::DECIMAL(9,2) AS amount`,
      );
      await publish();
      expect(await rowsOf(warehouse, 'fact_thing', ['on_day', 'id', 'amount'])).toEqual([
        '2026-11-01|1|1.50',
        '2026-11-02|2|2.00',
      ]);
      await expect(warehouse.query('SELECT label FROM fact_thing')).rejects.toMatchObject({ code: 'bad_input' });
    });

    it('renames a column that says what it was called, with its rows', async () => {
      const { label: _, ...rest } = OLD;
      const shape = { ...rest, title: renamed('label', text()) };
      const { warehouse, publish } = await evolve(
        shape,
        `SELECT DATE '2026-11-02' AS on_day, 2::INTEGER AS id, 2.00::DECIMAL(9,2) AS amount, 'b' AS title`,
      );
      await publish();
      expect(await rowsOf(warehouse, 'fact_thing', ['on_day', 'id', 'title'])).toEqual([
        '2026-11-01|1|a',
        '2026-11-02|2|b',
      ]);
      await expect(warehouse.query('SELECT label FROM fact_thing')).rejects.toMatchObject({ code: 'bad_input' });
    });

    it('reads a file that holds a column under its earlier name', async () => {
      const { label: _, ...rest } = OLD;
      const { warehouse, publish } = await evolve(
        { ...rest, title: renamed('label', text()) },
        `SELECT DATE '2026-11-02' AS on_day, 2::INTEGER AS id, 2.00::DECIMAL(9,2) AS amount, 'b' AS label`,
      );
      await publish();
      expect(await rowsOf(warehouse, 'fact_thing', ['id', 'title'])).toEqual(['1|a', '2|b']);
    });

    it('renames and widens its key and its partition column at once', async () => {
      const { on_day: _, id: __, ...rest } = OLD;
      const shape = { day: key(renamed('on_day', date())), number: key(renamed('id', bigint())), ...rest };
      const { warehouse } = await evolve(OLD, `${FIRST} WHERE false`);
      const row = (day: string, n: string) =>
        `SELECT DATE '${day}' AS day, ${n}::BIGINT AS number, 'b' AS label, 2.00::DECIMAL(9,2) AS amount`;
      const thing = (partitions: PublishedTable['replacePartitions']): PublishedTable => ({
        ...table(shape, partitions),
        key: ['day', 'number'],
        partitionBy: day('day'),
      });
      const second = [{ partition: '2026-11-02', uris: [await parquet(row('2026-11-02', '9007199254740993'))] }];
      await publishWith(warehouse, [1, 2], thing(second));
      expect(await rowsOf(warehouse, 'fact_thing', Object.keys(shape))).toEqual([
        '2026-11-01|1|a|1.50',
        '2026-11-02|9007199254740993|b|2.00',
      ]);
      // Its rows are found by the new name from now on.
      const first = [{ partition: '2026-11-01', uris: [await parquet(row('2026-11-01', '7'))] }];
      await publishWith(warehouse, [2, 3], thing(first));
      expect(await rowsOf(warehouse, 'fact_thing', Object.keys(shape))).toEqual([
        '2026-11-01|7|b|2.00',
        '2026-11-02|9007199254740993|b|2.00',
      ]);
      await expect(warehouse.query('SELECT id FROM fact_thing')).rejects.toMatchObject({ code: 'bad_input' });
    });

    it('renames a column of a table that comes whole: rows that stay the same keep their values', async () => {
      const whole = (shape: ColumnShape, uri: string): PublishedTable => ({
        ...table(shape, [{ partition: 'all', uris: [uri] }]),
        key: ['id'],
        partitionBy: { kind: 'all' },
      });
      const { on_day: _, label: __, ...rest } = OLD;
      const warehouse = await subject().open();
      const old = await parquet(`SELECT 1::INTEGER AS id, 'a' AS label, 1.50::DECIMAL(9,2) AS amount`);
      await publishWith(warehouse, [null, 1], whole({ ...rest, label: text() }, old));
      const next = await parquet(
        `SELECT * FROM (VALUES (1::INTEGER, 1.50::DECIMAL(9,2), 'a'), (2, 2.00, 'b')) t(id, amount, title)`,
      );
      await publishWith(warehouse, [1, 2], whole({ ...rest, title: renamed('label', text()) }, next));
      expect(await rowsOf(warehouse, 'fact_thing', ['id', 'title', 'amount'])).toEqual(['1|a|1.50', '2|b|2.00']);
    });

    it('drops a column and gets it again: what it held is gone', async () => {
      const { label, ...without } = OLD;
      const { warehouse, publish } = await evolve(
        without,
        `SELECT DATE '2026-11-02' AS on_day, 2::INTEGER AS id, 2.00::DECIMAL(9,2) AS amount`,
      );
      await publish();
      const uris = [await parquet(FIRST.replace('2026-11-01', '2026-11-03').replace('1::', '3::'))];
      await publishWith(
        warehouse,
        [2, 3],
        table({ ...without, label: label.nullable() }, [{ partition: '2026-11-03', uris }]),
      );
      expect(await rowsOf(warehouse, 'fact_thing', ['id', 'label'])).toEqual(['1|', '2|', '3|a']);
    });

    it('changes its partitioning: the new partitions take the place of all rows', async () => {
      const { warehouse } = await evolve(OLD, `${FIRST} WHERE false`);
      const both = `${FIRST} UNION ALL SELECT DATE '2026-11-09', 2, 'b', 2.00`;
      const monthly = {
        ...table(OLD, [{ partition: '2026-11', uris: [await parquet(both)] }]),
        partitionBy: month('on_day'),
      };
      await publishWith(warehouse, [1, 2], monthly);
      const columns = Object.keys(OLD);
      const rows = ['2026-11-01|1|a|1.50', '2026-11-09|2|b|2.00'];
      expect(await rowsOf(warehouse, 'fact_thing', columns)).toEqual(rows);
      const [one, two] = bucketNames(2).map((partition) => ({ partition, uris: [] as string[] }));
      const file = await parquet(both);
      const bucketed = { ...table(OLD, [{ ...one!, uris: [file] }, two!]), partitionBy: bucket('id', 2) };
      await publishWith(warehouse, [2, 3], bucketed);
      expect(await rowsOf(warehouse, 'fact_thing', columns)).toEqual(rows);
    });

    it('takes its views with it', async () => {
      const view = (column: string): PublishedView => ({
        name: 'thing_flat',
        columns: [{ name: 'id' }, { name: 'what' }],
        sql: `SELECT id, ${column} AS what FROM {{fact_thing}}`,
      });
      const warehouse = await subject().open();
      const first = [{ partition: '2026-11-01', uris: [await parquet(FIRST)] }];
      await publishWith(warehouse, [null, 1], table(OLD, first), [view('label')]);
      const { label: _, ...rest } = OLD;
      const shape = { ...rest, id: key(bigint()), title: renamed('label', text()) };
      const second = `SELECT DATE '2026-11-02' AS on_day, 9007199254740993 AS id, 2.00::DECIMAL(9,2) AS amount, 'b' AS title`;
      const uris = [await parquet(second)];
      await publishWith(warehouse, [1, 2], table(shape, [{ partition: '2026-11-02', uris }]), [view('title')]);
      expect(await rowsOf(warehouse, 'thing_flat', ['id', 'what'])).toEqual(['1|a', '9007199254740993|b']);
      // Its own definition stays, a column that it reads becomes wider.
      const wider = { ...shape, amount: decimal(18, 2) };
      await publishWith(warehouse, [2, 3], table(wider, []), [view('amount')]);
      expect(await rowsOf(warehouse, 'thing_flat', ['what'])).toEqual(['1.50', '2.00']);
      await publishWith(warehouse, [3, 4], table({ ...wider, amount: decimal(20, 2) }, []), [view('amount')]);
      expect(await rowsOf(warehouse, 'thing_flat', ['what'])).toEqual(['1.50', '2.00']);
    });

    it('has the statement run that was named: it alone is loaded anew, other pipelines keep their cuts', async () => {
      const changed = { ...OLD, id: key(integer()).describe('Number'), label: bigint() };
      const uris = [await parquet(FIRST.replace(`'a'`, '7::BIGINT'))];
      const { warehouse, publish } = await evolve(changed, FIRST.replace(`'a'`, '7::BIGINT'));
      const other = { ...table(OLD, [{ partition: '2026-11-01', uris: [await parquet(FIRST)] }]), name: 'fact_other' };
      await warehouse.publish({ pipeline: 'q', fromCut: null, toCut: 5, tables: [other] });
      const { hint } = await publish().then(
        () => ({ hint: '' }),
        (error: StrataError) => ({ hint: String(error.hint) }),
      );
      const statements = /: (DROP TABLE .*;) Then/.exec(hint)?.[1]?.split(/(?<=;) /) ?? [];
      expect(statements).toHaveLength(2);
      await subject().administer(statements);
      expect(await warehouse.published('p')).toBeNull();
      expect(await warehouse.published('q')).toMatchObject({ number: 5 });
      await publishWith(warehouse, [null, 3], {
        ...table(changed, [{ partition: '2026-11-01', uris }]),
        full: true,
      });
      expect(await rowsOf(warehouse, 'fact_thing', ['id', 'label'])).toEqual(['1|7']);
      expect(await subject().comments('fact_thing')).toEqual({ id: 'Number' });
      expect(await rowsOf(warehouse, 'fact_other', ['id', 'label'])).toEqual(['1|a']);
    });

    it('is refused before anything is written where rows cannot become that, with the statement to run', async () => {
      for (const [shape, select] of [
        [{ ...OLD, label: bigint() }, `2::BIGINT AS label, 2.00::DECIMAL(9,2) AS amount`],
        [{ ...OLD, amount: decimal(6, 2) }, `'b' AS label, 2.00::DECIMAL(6,2) AS amount`],
      ] as const) {
        const { warehouse, publish } = await evolve(
          shape as ColumnShape,
          `SELECT DATE '2026-11-02' AS on_day, 2::INTEGER AS id, ${select}`,
        );
        await expect(publish()).rejects.toMatchObject({
          code: 'bad_definition',
          message: expect.stringContaining('Nothing was written'),
          hint: expect.stringMatching(/DROP TABLE/),
        });
        expect(await warehouse.published('p')).toMatchObject({ number: 1 });
        expect(await rowsOf(warehouse, 'fact_thing', Object.keys(OLD))).toEqual(['2026-11-01|1|a|1.50']);
      }
    });
  });
}
