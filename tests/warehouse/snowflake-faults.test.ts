import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSnowflakeWarehouse } from '../../warehouse/snowflake/snowflake-warehouse.ts';
import type { Publication, Warehouse } from '../../warehouse/warehouse.ts';
import { fullRun } from '../full-run.ts';
import { freshName } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { difference, SESSION, writeFiles } from './company.fixture.ts';
import { CuttingProxy, type Fault } from './cutting.proxy.ts';
import { evolving } from './evolving.fixture.ts';
import { momentsOfDeath } from './moments-of-death.ts';
import { expectConsistent } from './subject.ts';

const CUTS = fullRun ? 150 : 24;

/** Statement by statement, with a pause for each transaction that is given up: slow where others use the machine. */
const PATIENT = fullRun ? 1_800_000 : 240_000;

await describeWith(['snowflake'], 'a publisher to Snowflake (stand-in)', ({ snowflake }) => {
  let files: string;
  let proxy: CuttingProxy;
  let schema: string;
  /** Another process, with a good connection. */
  let other: Warehouse;
  beforeAll(async () => {
    files = await mkdtemp(join(tmpdir(), 'strata-faults-'));
    await writeFiles(files, 'sales', CUTS);
    proxy = await CuttingProxy.before(snowflake.url);
  });
  afterAll(async () => {
    proxy.close();
    await rm(files, { recursive: true, force: true });
  });
  beforeEach(async () => {
    schema = freshName('faults');
    other = healthy();
    await other.publish(difference(files, 'sales', null, 1));
  });
  const healthy = () =>
    openSnowflakeWarehouse({ connection: { ...snowflake, schema, patienceMillis: 5000 }, session: SESSION });
  const victim = (patienceMillis = 400) =>
    openSnowflakeWarehouse({ connection: { ...snowflake, schema, url: proxy.url, patienceMillis }, session: SESSION });
  const next = (from: number, to = from + 1) => difference(files, 'sales', from, to);

  /** The statements of an undisturbed publication of one cut. */
  async function statementsOf(from: number): Promise<string[]> {
    proxy.arm();
    await victim().publish(next(from));
    return [...proxy.statements];
  }

  describe('that dies', () => {
    /** What it says, and what others then find. */
    async function deathOf(fault: Fault, statements: readonly string[], publication: Publication) {
      const commit = statements.indexOf('COMMIT');
      proxy.arm(fault);
      const outcome = await victim()
        .publish(publication)
        .then(
          () => 'published',
          (error) => error.name,
        );
      const committed = fault.at > commit || (fault.at === commit && fault.kind === 'dies after');
      const at = `${fault.kind} ${statements[fault.at]}`;
      // Once the last statement is through, only the goodbye is lost.
      expect(outcome, at).toBe(committed && fault.at === statements.length - 1 ? outcome : 'StrataError');
      return { committed, at };
    }

    it(
      'at any statement, answered or not, leaves the cut before or after; the next one finishes',
      async () => {
        const statements = await statementsOf(1);
        let cut = 2;
        for (const fault of momentsOfDeath('a difference', statements, 4)) {
          // A day that loses its rows has a statement less.
          while ((cut + 1) % 7 === 6) await other.publish(next(cut++));
          const { committed, at } = await deathOf(fault, statements, next(cut));
          expect(await expectConsistent(other, 'sales'), at).toBe(committed ? cut + 1 : cut);
          await other.publish(next(cut));
          cut += 1;
          expect(await expectConsistent(other, 'sales'), at).toBe(cut);
        }
      },
      PATIENT,
    );

    it(
      'while it publishes for the first time leaves nothing or the first cut; the next one finishes',
      async () => {
        const first = difference(files, 'sales', null, 1);
        schema = freshName('faults');
        proxy.arm();
        await victim().publish(first);
        const statements = [...proxy.statements];
        for (const fault of momentsOfDeath('a first publication', statements, 3)) {
          schema = freshName('faults');
          const { committed, at } = await deathOf(fault, statements, first);
          expect(await expectConsistent(healthy(), 'sales'), at).toBe(committed ? 1 : null);
          await healthy().publish(first);
          expect(await expectConsistent(healthy(), 'sales'), at).toBe(1);
        }
      },
      PATIENT,
    );

    it(
      'while it changes columns, a view and tables leaves the old cut whole or the new one; the next one finishes',
      async () => {
        const { first, second, expectAt } = await evolving(files);
        const fresh = async () => {
          schema = freshName('faults');
          await healthy().publish(first);
        };
        await fresh();
        proxy.arm();
        await victim().publish(second);
        const statements = [...proxy.statements];
        for (const fault of momentsOfDeath('a change of shapes', statements, 4)) {
          await fresh();
          const { committed, at } = await deathOf(fault, statements, second);
          expect((await healthy().published('things'))?.number, at).toBe(committed ? 2 : 1);
          await expectAt(healthy(), committed ? 2 : 1);
          await healthy().publish(second);
          await expectAt(healthy(), 2);
        }
      },
      PATIENT,
    );
  });

  describe('whose connection is bad', () => {
    it(
      'repeats a statement whose answer was lost, and it is executed once',
      async () => {
        const statements = await statementsOf(1);
        for (const [i, wanted] of ['INSERT INTO', 'COMMIT'].entries()) {
          proxy.arm({ at: statements.findLastIndex((sql) => sql.startsWith(wanted)), kind: 'answer lost' });
          expect(await victim(20_000).publish(next(2 + i))).toMatchObject({ outcome: 'published', cut: 3 + i });
          expect(await expectConsistent(other, 'sales')).toBe(3 + i);
        }
      },
      PATIENT,
    );
  });

  describe('that sleeps while others go on', () => {
    it(
      'changes nothing when it wakes, its transaction long given up',
      async () => {
        const statements = await statementsOf(1);
        const find = (start: string) => statements.findIndex((sql) => sql.startsWith(start));
        const last = statements.findLastIndex((sql) => sql.startsWith('INSERT INTO'));
        const moments = fullRun
          ? statements.flatMap((_, at) => (at >= find('BEGIN') && at <= find('COMMIT') ? [at] : []))
          : [find('UPDATE'), last, find('COMMIT')];
        let cut = 2;
        for (const at of moments) {
          proxy.arm({ at, kind: 'sleeps' });
          const sleeper = victim().publish(next(cut, cut + 3));
          const ended = sleeper.then(
            () => 'published',
            (error: { code: string }) => error.code,
          );
          await proxy.sleeps();
          await other.publish(next(cut));
          await other.publish(next(cut + 1));
          cut += 2;
          proxy.wake();
          expect(await ended, statements[at]).toBe('conflict');
          expect(await expectConsistent(other, 'sales'), statements[at]).toBe(cut);
        }
      },
      PATIENT,
    );
  });
});
