import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchedOn } from '../../demo/years/launched-on.ts';
import { fullRun } from '../full-run.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { expectSourcesInBronze } from './bronze-holds-sources.ts';
import { dateOfDay, openCompanySources } from './company.sources.ts';
import { Company } from './company.ts';
import { figure, timed } from './figures.ts';
import { expectKnownKeys, expectOracle } from './oracle-equality.ts';
import { resultOf } from './result-of.ts';
import { startRun } from './runs.ts';

const PAST = 800;
const inFull = test.runIf(fullRun);
const why = fullRun ? '' : ' (skipped: only in the full run)';

await describeWith(['temporal', 'postgres', 'mongodb'], `a company with ${PAST} days behind it${why}`, (addresses) => {
  let company: Company;

  beforeAll(async () => {
    const sources = await openCompanySources(addresses, { rowsPerDay: 20, past: PAST });
    const project = launchedOn(dateOfDay(1 - PAST));
    company = await Company.open({ sources, project, temporal: addresses.temporal });
    await company.startWorker();
  }, 15 * MINUTES);

  afterAll(async () => {
    await company?.close();
    await company?.sources.close();
  });

  inFull('one run over all of them', { timeout: 60 * MINUTES }, async () => {
    company.now = `${dateOfDay(1)}T02:00:00Z`;
    const handle = await startRun(company, 1 - PAST, 0);
    await timed(`one run over ${PAST} days`, () => resultOf(handle, 50 * MINUTES));
    const rows = await expectOracle(company, await company.sources.oracle());
    figure(`rows compared after ${PAST} days`, rows);
    await expectKnownKeys(company);
    const [days] = await company.warehouse('SELECT count(DISTINCT event_date) AS days FROM dev.fact_payment');
    expect(Number(days!.days)).toBeGreaterThanOrEqual(PAST);
  });

  inFull.each([1, 2])('and night after night goes on from there: %i', { timeout: 10 * MINUTES }, async (day) => {
    await company.sources.live(day);
    await timed(`night ${day} after ${PAST} days`, () => company.nightly(day));
    await expectOracle(company, await company.sources.oracle());
  });

  inFull('bronze holds what the sources hold', { timeout: 10 * MINUTES }, async () => {
    await expectSourcesInBronze(await company.lake(), company.sources);
  });
});
