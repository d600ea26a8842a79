import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fullRun } from '../full-run.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { figure } from './figures.ts';
import { Journal } from './journal.ts';
import { expectSameRows, type TextRow } from './text-rows.ts';

await describeWith(['temporal', 'postgres'], "the database's own clock", (addresses) => {
  let journal: Journal;

  beforeAll(async () => {
    journal = await Journal.open(addresses);
    await journal.startWorker();
  });

  afterAll(() => journal?.close());

  /** Nothing lost, nothing twice: from bronze to the warehouse. @returns observations in bronze */
  async function expectAll(): Promise<TextRow[]> {
    const now = await journal.entries();
    const lake = await journal.lake();
    const bronze = await lake.rows('bronze.entry');
    expectSameRows('silver.entry', (await lake.rows('silver.entry')).map(declared), now);
    expectSameRows(
      'balance in the warehouse',
      await journal.warehouse('SELECT * FROM dev.balance'),
      await journal.balances(),
    );
    const versions = bronze.map((row) => JSON.stringify(declared(row)));
    expect(new Set(versions).size, 'no version of an entry is in bronze twice').toBe(versions.length);
    const missing = now.filter((row) => !versions.includes(JSON.stringify(declared(row))));
    expect(missing, 'every entry is in bronze as it is now').toEqual([]);
    return bronze;
  }

  test('what is written by a transaction that is open while we read is read the next time', {
    timeout: 2 * MINUTES,
  }, async () => {
    const late = await journal.session();
    await late.query('begin');
    await late.query(`insert into entry (account, amount) values ('late', 1.00), ('late', 2.00)`);
    const other = await journal.session();
    await other.query(`insert into entry (account, amount) values ('in time', 10.00), ('in time', 20.00)`);
    await journal.run();
    expect(await expectAll()).toHaveLength(2);
    // Stamped before anything that has been read by now.
    await late.query('commit');
    await other.query(`insert into entry (account, amount) values ('afterwards', 100.00)`);
    await journal.run();
    expect(await expectAll()).toHaveLength(5);
    await journal.run();
    expect(await expectAll()).toHaveLength(5);
  });

  test('held open over several extractions', { timeout: 2 * MINUTES }, async () => {
    const late = await journal.session();
    await late.query('begin');
    await late.query(`insert into entry (account, amount) values ('later', 5.00)`);
    for (let extraction = 1; extraction <= 3; extraction++) {
      await journal.db.query(`insert into entry (account, amount) values ('meanwhile', 7.00)`);
      await journal.run();
      await expectAll();
    }
    await late.query('commit');
    await journal.run();
    const bronze = await expectAll();
    expect(bronze.filter(({ account }) => account === 'later')).toHaveLength(1);
  });

  test('one that is rolled back leaves nothing', { timeout: 2 * MINUTES }, async () => {
    const never = await journal.session();
    await never.query('begin');
    await never.query(`insert into entry (account, amount) values ('never', 9.00)`);
    await journal.run();
    await never.query('rollback');
    await journal.run();
    expect((await expectAll()).filter(({ account }) => account === 'never')).toEqual([]);
  });

  test('an entry whose time goes back: the transaction that began first writes last', {
    timeout: 2 * MINUTES,
  }, async () => {
    const [first, second] = [await journal.session(), await journal.session()];
    await first.query('begin');
    await first.query('select now()');
    await sleep(20);
    await second.query(`update entry set amount = 50.00 where account = 'afterwards'`);
    await journal.run();
    await expectAll();
    await first.query(`update entry set amount = 60.00 where account = 'afterwards'`);
    await first.query('commit');
    await journal.run();
    const bronze = await expectAll();
    expect(bronze.filter(({ account }) => account === 'afterwards')).toHaveLength(3);
  });

  test('many programs, transactions of all lengths, extractions in between', {
    timeout: (fullRun ? 20 : 4) * MINUTES,
  }, async () => {
    let writing = true;
    let commits = 0;
    const program = async (seed: number) => {
      const client = await journal.session();
      for (let n = 1; writing; n++) {
        await client.query('begin');
        await client.query(`insert into entry (account, amount) values ('program ${seed}', ${n}.25)`);
        await sleep((seed * 37 + n * 61) % 900);
        // Its own entries only, so that their times never go back.
        await client.query(
          `update entry set amount = amount + 1 where id = (select min(id) from entry where account = 'program ${seed}')`,
        );
        await client.query(n % 5 === 4 ? 'rollback' : 'commit');
        commits += n % 5 === 4 ? 0 : 1;
      }
    };
    const programs = [1, 2, 3, 4, 5].map(program);
    const extractions = fullRun ? 40 : 5;
    for (let n = 0; n < extractions; n++) await journal.run();
    writing = false;
    await Promise.all(programs);
    await journal.run();
    const bronze = await expectAll();
    figure(
      'database clock',
      `${commits} transactions over ${extractions} extractions, ${bronze.length} observations, nothing lost, nothing twice`,
    );
  });
});

/** Without the columns that Strata adds, in one order. */
const declared = ({ id, account, amount, updated_at }: TextRow): TextRow =>
  ({ id, account, amount, updated_at }) as TextRow;
