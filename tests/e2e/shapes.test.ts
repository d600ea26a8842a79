import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { textRows } from '../oracle/text-query.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { wideRows } from './shapes/columns.ts';
import { WIDE, WIDEST } from './shapes/project.ts';
import { Shapes } from './shapes.ts';
import { expectSameRows, type TextRow } from './text-rows.ts';

const KEYED = ['subscription', 'wide', 'widest', 'tiny', 'nothing', 'never_deleted', 'tariff'] as const;

await describeWith(['temporal', 'postgres', 'mongodb'], 'tables of every shape', (addresses) => {
  let shapes: Shapes;

  beforeAll(async () => {
    shapes = await Shapes.open(addresses);
    await shapes.startWorker();
  });
  afterAll(() => shapes?.close());

  const query = (sql: string) => shapes.db.query(sql);
  const profiles = () =>
    shapes.mongo.db().collection<{ _id: string; name: string | null; updated_at: Date }>('profile');

  /** The warehouse holds what the sources hold: asked of PostgreSQL and MongoDB themselves. */
  async function expectAll(): Promise<void> {
    for (const table of KEYED) {
      expectSameRows(
        table,
        await shapes.warehouse(`SELECT * FROM dev.${table}`),
        await textRows(shapes.db, `select * from ${table}`),
      );
    }
    expectSameRows(
      'event',
      await shapes.warehouse('SELECT * FROM dev.event'),
      await textRows(
        shapes.db,
        `select kind, coalesce(payload::text, 'none') as payload, count(*) as events from event group by 1, 2`,
      ),
    );
    const documents = (await profiles().find().toArray()).map(
      ({ _id, name, updated_at }): TextRow => ({
        id: _id,
        name,
        updated_at: updated_at.toISOString().replace('Z', '000Z'),
      }),
    );
    expectSameRows('profile', await shapes.warehouse('SELECT * FROM dev.profile'), documents);
  }

  const deletions = async (table: string) =>
    (await (await shapes.lake()).rows(`bronze.${table}`))
      .filter(({ _op }) => _op === 'd')
      .map(({ id, _partition }) => [id, _partition]);

  test('years in one look, twins and empty tables among them', { timeout: 4 * MINUTES }, async () => {
    await query(
      `insert into subscription select i, 'basic', i * 1.5, '2026-08-01'::timestamptz + i * interval '1 hour' from generate_series(1, 1400) i`,
    );
    await query(wideRows('wide', WIDE, 'select generate_series(1, 400)', '2026-11-01 10:00:00+00'));
    await query(wideRows('widest', WIDEST, 'select generate_series(1, 40)', '2026-11-01 10:00:00+00'));
    await query(`insert into tiny values ('EUR', '2026-11-01 10:00:00+00')`);
    await query(
      `insert into never_deleted values (1, null, '2026-11-01 10:00:00+00'), (2, '', '2026-11-01 10:00:00+00')`,
    );
    await query(`insert into tariff values ('DE', 0.19), ('FR', 0.2), ('IT', 0.22)`);
    await query(`insert into event select 'click', '{"a": 1}', '2026-11-01 10:00:00+00' from generate_series(1, 3)`);
    await query(
      `insert into event values ('click', null, '2026-11-01 10:00:00+00'), ('click', null, '2026-11-01 10:00:00+00')`,
    );
    await profiles().insertMany(
      ['ada', 'bob', 'cy', 'dan'].map((_id) => ({ _id, name: _id, updated_at: new Date('2026-11-01T10:00:00Z') })),
    );
    shapes.now = '2026-11-02T02:00:00Z';
    await shapes.run('2026-08-01', '2026-11-01');
    await expectAll();
    expect(await deletions('subscription')).toEqual([]);
  });

  test('keys that are gone leave the tables, whoever deleted them', { timeout: 2 * MINUTES }, async () => {
    await query('delete from subscription where id in (3, 1399, 1400)');
    await query(`update subscription set plan = 'gold', updated_at = '2026-11-02 12:00:00+00' where id = 7`);
    await query(`delete from tariff where country = 'IT'`);
    await query(
      `insert into event values ('click', '{"a": 1}', '2026-11-02 11:00:00+00'), ('view', null, '2026-11-02 11:00:00+00')`,
    );
    await profiles().deleteOne({ _id: 'bob' });
    await profiles().updateOne({ _id: 'cy' }, { $set: { name: 'Cy', updated_at: new Date('2026-11-02T12:00:00Z') } });
    await shapes.night(2);
    await expectAll();
    expect((await deletions('subscription')).sort()).toEqual([
      ['1399', '2026-11-03'],
      ['1400', '2026-11-03'],
      ['3', '2026-11-03'],
    ]);
    expect(await deletions('profile')).toEqual([['bob', '2026-11-03']]);
  });

  test('written again, under a new time and under the old one', { timeout: 2 * MINUTES }, async () => {
    await query(`insert into subscription values (3, 'again', 1, '2026-11-03 09:00:00+00')`);
    await query(
      `insert into subscription values (1400, 'basic', 2100, '2026-08-01'::timestamptz + interval '1400 hours')`,
    );
    await profiles().insertOne({ _id: 'bob', name: 'bob', updated_at: new Date('2026-11-01T10:00:00Z') });
    await query(`insert into event values ('view', null, '2026-11-02 11:00:00+00')`);
    await shapes.night(3);
    await expectAll();
    await shapes.night(3);
    await expectAll();
  });

  test('a table that is emptied by mistake is held, and nothing of it is written', {
    timeout: 2 * MINUTES,
  }, async () => {
    await query('create table kept as select * from subscription');
    await query('delete from subscription');
    const before = await (await shapes.lake()).versions();
    await expect(shapes.night(4)).rejects.toMatchObject({
      cause: {
        message: expect.stringMatching(/bronze\.subscription: \d+ of \d+ keys \(100 %\) are gone from the source/),
      },
    });
    expect((await (await shapes.lake()).versions())['bronze.subscription']).toBe(before['bronze.subscription']);
    await query('insert into subscription select * from kept');
    await shapes.night(4);
    await expectAll();
  });

  test('a warehouse file that is lost is made again by the next publication, whether there is news or not', {
    timeout: 2 * MINUTES,
  }, async () => {
    const file = join(shapes.folder, 'analytics.duckdb');
    for (const left of [[file], [file, `${file.replace(/\.duckdb$/, '')}.cuts`]]) {
      for (const path of left) await rm(path, { recursive: true, force: true });
      await shapes.night(4);
      await expectAll();
    }
  });
});
