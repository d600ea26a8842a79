import { afterAll, beforeAll, expect, test } from 'vitest';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { type CompanySources, dateOfDay, openCompanySources } from './company.sources.ts';
import { Company } from './company.ts';
import { essentials } from './essentials.ts';
import { resultOf } from './result-of.ts';
import { start, startRun } from './runs.ts';
import { expectRight } from './visible.ts';

const DAYS = 2;

await describeWith(['temporal', 'postgres', 'mongodb'], 'a day that is run before it is over', (addresses) => {
  let sources: CompanySources;
  let company: Company;

  beforeAll(async () => {
    sources = await openCompanySources(addresses, { rowsPerDay: 60 });
    await sources.live(DAYS);
    company = await Company.open({ ...essentials, sources, temporal: addresses.temporal });
    await company.startWorker();
  }, 3 * MINUTES);

  afterAll(async () => {
    await company?.close();
    await sources?.close();
  });

  const daysPublished = async () =>
    (await company.warehouse('SELECT DISTINCT revenue_date FROM dev.daily_revenue_by_merchant ORDER BY 1')).map(
      (row) => row.revenue_date,
    );

  test('is held back, and published when it closes, although nothing more came', { timeout: 3 * MINUTES }, async () => {
    company.now = `${dateOfDay(DAYS)}T20:00:00Z`;
    await resultOf(await startRun(company, 1, DAYS));
    expect(await daysPublished()).toEqual([dateOfDay(1)]);
    const versions = await (await company.lake()).versions();
    company.now = `${dateOfDay(DAYS + 1)}T02:00:00Z`;
    const input = { from: dateOfDay(DAYS) };
    const summary = await resultOf(await start(company, 'daily_oltp_to_olap', 'the nightly', input));
    // The night finds nothing new: no table was built again, and yet there is a new cut.
    const after = await (await company.lake()).versions();
    expect(Object.keys(after).filter((t) => !t.startsWith('bronze.') && after[t] !== versions[t])).toEqual([]);
    expect(summary).toMatchObject({ cut: 2, published: { cut: 2 } });
    expect(await daysPublished()).toEqual([dateOfDay(1), dateOfDay(2)]);
    await expectRight(company, 'a day run before it was over, and after');
  });
});
