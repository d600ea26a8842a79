import { afterAll, beforeAll, expect, test } from 'vitest';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { type CompanySources, dateOfDay, openCompanySources } from './company.sources.ts';
import { Company, PIPELINE } from './company.ts';
import { essentials } from './essentials.ts';
import { figure, timed } from './figures.ts';
import { resultOf } from './result-of.ts';
import { start, startRun } from './runs.ts';
import { endWorkers, WorkerProcess } from './strata.process.ts';
import { expectRight, expectUnchanged, visible } from './visible.ts';

const DAYS = 3;

await describeWith(
  ['temporal', 'postgres', 'mongodb'],
  'two backfills over the same days and a nightly',
  (addresses) => {
    let sources: CompanySources;
    let company: Company;

    beforeAll(async () => {
      sources = await openCompanySources(addresses, { rowsPerDay: 60 });
      await sources.live(DAYS);
      company = await Company.open({ ...essentials, sources, temporal: addresses.temporal });
      // The night after the last day of all: the clock of a process stands still.
      company.now = `${dateOfDay(DAYS + 2)}T02:00:00Z`;
      // Two processes, so that commits race between them too.
      await Promise.all([WorkerProcess.start(company), WorkerProcess.start(company)]);
    }, 3 * MINUTES);

    afterAll(async () => {
      await endWorkers();
      await company?.close();
      await sources?.close();
    });

    const backfill = (n: number, more: object = {}) =>
      start(company, 'backfill', `backfill/dev/${PIPELINE}/all/${n}`, {
        pipeline: PIPELINE,
        from: dateOfDay(1),
        to: dateOfDay(DAYS),
        ...more,
      });

    test('at once, into an empty lake: the oracle agrees', { timeout: 5 * MINUTES }, async () => {
      const results = await timed('two backfills of three days and a nightly at once', async () => {
        const handles = [await backfill(1), await backfill(2, { newestFirst: true }), await startRun(company, DAYS)];
        return Promise.all(handles.map((handle) => resultOf(handle)));
      });
      for (const result of results) expect(result).toMatchObject({ pipeline: PIPELINE, cut: expect.any(Number) });
      await expectRight(company, 'two backfills and a nightly at once');
      expect(await twice(company)).toEqual([]);
    });

    test('again, while the sources move and everything is asked for anew', { timeout: 5 * MINUTES }, async () => {
      const handles = [
        await backfill(3, { reprocess: 'completed' }),
        await backfill(4, { reprocess: 'completed', maxActive: 8 }),
      ];
      await sources.live(DAYS + 1);
      handles.push(await startRun(company, DAYS));
      await Promise.all(handles.map((handle) => resultOf(handle)));
      await resultOf(await startRun(company, DAYS + 1));
      await expectRight(company, 'two reprocessing backfills and two nightlies while a day was lived');
      expect(await twice(company)).toEqual([]);
    });

    test('once more, with nothing new: nothing changes but what was looked at', { timeout: 5 * MINUTES }, async () => {
      await company.lookedForDrift(DAYS + 1);
      const before = await visible(company);
      const handles = [await backfill(5), await backfill(6), await startRun(company, DAYS + 1)];
      await Promise.all(handles.map((handle) => resultOf(handle)));
      const after = await visible(company);
      const commits = Object.keys(after.logs).filter((name) => !(name in before.logs));
      figure('log entries of two backfills and a nightly with nothing new', commits.length);
      // Looks are recorded, in bronze; no cut, no publication, no file.
      expect(commits.filter((name) => !/^bronze\/[^/]+\/_delta_log\//.test(name))).toEqual([]);
      expectUnchanged(before, {
        ...after,
        logs: Object.fromEntries(Object.keys(before.logs).map((name) => [name, after.logs[name]!])),
      });
      expect(Object.keys(after.data).sort()).toEqual(Object.keys(before.data).sort());
    });
  },
);

/** Claims that committed more than once, of all tables. */
async function twice(company: Company): Promise<string[]> {
  const lake = await company.lake();
  const found: string[] = [];
  for (const table of await lake.tables()) {
    const seen = new Set<string>();
    for (const { version, claim } of await lake.commits(table)) {
      for (const [scope, epoch] of Object.entries(claim?.scopes ?? {})) {
        const name = `${scope}@${epoch}`;
        if (seen.has(name)) found.push(`${table} version ${version}: ${name}`);
        seen.add(name);
      }
    }
  }
  return found;
}
