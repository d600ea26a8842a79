import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bigint, decimal, integer, key, renamed, text } from '../../core/builders.ts';
import type { ColumnShape } from '../../core/column.ts';
import type { RunSummary } from '../../workflows/run.workflow.ts';
import { textRows } from '../oracle/text-query.ts';
import { MINUTES } from '../patience.ts';
import { freshName, freshPostgres } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { accounts, PIPELINE } from './evolution/project.ts';
import { Installation, type Prepared, prepare } from './installation.ts';
import { expectSameRows } from './text-rows.ts';

const FIRST: ColumnShape = { id: key(integer()), plan: text(), amount: decimal(10, 2), legacy: text().nullable() };
const SECOND: ColumnShape = {
  id: key(bigint()),
  tier: renamed('plan', text()),
  amount: decimal(18, 2),
  note: text().nullable(),
};

await describeWith(['temporal', 'postgres'], 'columns that come, go, grow and change their names', (addresses) => {
  let db: pg.Client;
  let prepared: Prepared;
  let running: Installation;
  let stop = async () => {};

  /** The workers of yesterday's code go, those of today's come. */
  async function deploy(columns: ColumnShape): Promise<void> {
    await stop();
    const { project, sql } = accounts(columns);
    const sqlRoot = await mkdtemp(join(prepared.folder, 'sql-'));
    for (const [file, statement] of Object.entries(sql)) await writeFile(join(sqlRoot, file), statement);
    const { now } = running ?? {};
    running = new Installation({ ...prepared, options: { ...prepared.options, served: { project, sqlRoot } } });
    running.now = now;
    const worker = await running.startWorker();
    stop = async () => {
      worker.stop();
      await worker.finished;
    };
  }

  beforeAll(async () => {
    const url = await freshPostgres(addresses.postgresUrl);
    db = new pg.Client({ connectionString: url });
    await db.connect();
    await db.query(`create table account (id integer primary key, plan text not null, amount numeric(10,2) not null,
      legacy text, secret text, opened_at timestamptz not null, updated_at timestamptz not null)`);
    const served = { project: accounts(FIRST).project, sqlRoot: '' };
    prepared = await prepare({ served, temporal: addresses.temporal, variables: { STRATA_SOURCE_BANK: url } });
    await deploy(FIRST);
  });
  afterAll(async () => {
    await db?.end();
    await running?.close();
  });

  const night = (of: number): Promise<RunSummary> => {
    running.now = `2026-11-0${of + 1}T02:00:00Z`;
    return running.execute(PIPELINE, freshName('run'), { from: `2026-11-0${of}` });
  };
  const open = (columns: string, values: string, of: number) =>
    db.query(
      `insert into account (${columns}, opened_at, updated_at) values (${values}, '2026-11-0${of} 10:00:00+00', '2026-11-0${of} 10:00:00+00')`,
    );
  const inWarehouse = () => running.warehouse('SELECT * FROM dev.account');
  const inSource = (columns: string) => textRows(db, `select ${columns}, opened_at, updated_at from account`);

  test('a column that comes into the source is told, one left out on purpose is not', {
    timeout: 2 * MINUTES,
  }, async () => {
    await open('id, plan, amount, legacy, secret', "1, 'basic', 1.50, 'x', 's'", 1);
    expect((await night(1)).notes).toBeUndefined();
    await db.query('alter table account add column note text');
    await open('id, plan, amount, legacy, note', "2, 'gold', 2.50, null, 'new'", 2);
    expect((await night(2)).notes).toEqual([
      { dataset: 'bronze.account', message: expect.stringContaining('columns that nobody declares: note text') },
    ]);
    expectSameRows('account', await inWarehouse(), await inSource('id, plan, amount, legacy'));
  });

  test('a declared column that vanished, or became something else, is refused before anything is written', {
    timeout: 2 * MINUTES,
  }, async () => {
    const before = await (await running.lake()).versions();
    await db.query('alter table account drop column legacy');
    await open('id, plan, amount, note', "3, 'gold', 3.50, 'n'", 3);
    await expect(night(3)).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/account has no column legacy[\s\S]*Columns are: .*note text/) },
    });
    await db.query(`alter table account add column legacy text`);
    await db.query('alter table account alter column amount type text');
    await expect(night(3)).rejects.toMatchObject({
      cause: {
        message: expect.stringMatching(
          /does not fit the declared types[\s\S]*amount is text, declared DECIMAL\(10,2\)/,
        ),
      },
    });
    expect(await (await running.lake()).versions()).toEqual(before);
  });

  test('added, dropped, widened and renamed: no file of the lake is written anew for it', {
    timeout: 3 * MINUTES,
  }, async () => {
    await db.query(
      `alter table account drop column legacy, alter column id type bigint, alter column amount type numeric(18,2) using amount::numeric`,
    );
    await db.query('alter table account rename column plan to tier');
    await deploy(SECOND);
    await open('id, tier, amount, note', "3000000000, 'huge', 123456789012.25, 'wide'", 3);
    await db.query(
      `update account set amount = 20, note = 'moved', updated_at = '2026-11-03 12:00:00+00' where id = 2`,
    );
    await night(3);
    expectSameRows(
      'account',
      await inWarehouse(),
      await inSource('id, tier, amount, case when id <> 1 then note end as note'),
    );
    const lake = await running.lake();
    const commits = await lake.commits('bronze.account');
    expect(commits.flatMap(({ removes }) => removes)).toEqual([]);
    expect(
      (await lake.commits('silver.account')).flatMap(({ removes }) => removes.map((r) => r.partition)),
    ).not.toContain('2026-11-01');
    const again = { pipeline: PIPELINE, from: '2026-11-01', to: '2026-11-03', reprocess: 'stale' };
    await running.execute('backfill', freshName('backfill'), again);
    expectSameRows(
      'account',
      await inWarehouse(),
      await inSource('id, tier, amount, case when id <> 1 then note end as note'),
    );
  });

  test('a change that files cannot be read with is refused, with what to do', { timeout: 2 * MINUTES }, async () => {
    await deploy({ ...SECOND, amount: text() });
    const before = await (await running.lake()).versions();
    await open('id, tier, amount', "5, 'late', 5", 4);
    await expect(night(4)).rejects.toMatchObject({
      cause: {
        message: expect.stringMatching(
          /bronze\.account\.amount is DECIMAL\(18,2\) in the lake and now declared VARCHAR[\s\S]*npx strata backfill create/,
        ),
      },
    });
    await deploy({ ...SECOND, tier: text() });
    await expect(night(4)).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/tier was renamed from plan[\s\S]*Keep renamed\('plan', \.\.\.\)/) },
    });
    expect(await (await running.lake()).versions()).toEqual(before);
    await deploy(SECOND);
    await night(4);
    expectSameRows(
      'account',
      await inWarehouse(),
      await inSource('id, tier, amount, case when id <> 1 then note end as note'),
    );
  });
});
