import { afterAll, beforeAll, expect, test } from 'vitest';
import { fullRun } from '../full-run.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { type CompanySources, dateOfDay, openCompanySources } from './company.sources.ts';
import { Company } from './company.ts';
import { figure, timed } from './figures.ts';
import { expectOracle } from './oracle-equality.ts';
import { shuffled } from './shuffled.ts';

const DAYS = 5;
/** The first days that arrive, and in which order; the rest comes by a backfill. */
const ORDERS = fullRun ? [1, 2, 3, 4, 5].map((seed) => shuffled(seed, DAYS).slice(0, 4)) : [[5, 1, 3]];

await describeWith(['temporal', 'postgres', 'mongodb'], 'the order in which days are loaded', (addresses) => {
  let sources: CompanySources;
  let ordered: Record<string, Record<string, string>>;
  const companies: Company[] = [];

  async function company(): Promise<Company> {
    const opened = await Company.open({ sources, temporal: addresses.temporal });
    companies.push(opened);
    await opened.startWorker();
    return opened;
  }

  beforeAll(async () => {
    sources = await openCompanySources(addresses);
    await sources.live(DAYS);
  }, 3 * MINUTES);

  afterAll(async () => {
    for (const opened of companies) await opened.close();
    await sources?.close();
  });

  test('from the first day to the last', { timeout: 5 * MINUTES }, async () => {
    const opened = await company();
    await timed(`days 1 to ${DAYS} in order`, () => opened.backfill(1, DAYS));
    ordered = await contents(opened);
    await expectOracle(opened, await sources.oracle());
  });

  test.each(ORDERS.map((order) => ({ order })))(
    'days $order, then a backfill of the rest, give the same content',
    { timeout: 5 * MINUTES },
    async ({ order }) => {
      const opened = await company();
      opened.now = `${dateOfDay(DAYS + 1)}T02:00:00Z`;
      for (const day of order) await timed(`day ${day} of ${order}`, () => opened.run({ from: dateOfDay(day) }));
      const summary = await timed(`the rest after ${order}`, () => opened.backfill(1, DAYS));
      expect(summary.skipped, 'days that were loaded are not loaded again').toBeGreaterThan(0);
      expect(await contents(opened)).toEqual(ordered);
      await expectOracle(opened, await sources.oracle());
      const partitions = Object.values(ordered).reduce((sum, digests) => sum + Object.keys(digests).length, 0);
      figure(`partitions with the same digest after days ${order}`, String(partitions));
    },
  );

  test.skipIf(!fullRun)(
    'a run for each day gives the same content (full run only)',
    { timeout: 5 * MINUTES },
    async () => {
      const opened = await company();
      for (let day = 1; day <= DAYS; day++) await opened.nightly(day);
      expect(await contents(opened)).toEqual(ordered);
    },
  );

  test.skipIf(!fullRun)('newest first gives the same content (full run only)', { timeout: 5 * MINUTES }, async () => {
    const opened = await company();
    await opened.backfill(1, DAYS, { newestFirst: true });
    expect(await contents(opened)).toEqual(ordered);
  });
});

/** Table of silver and gold -> partition -> digest of its rows. Some orders leave empty partitions behind: no content. */
async function contents(company: Company): Promise<Record<string, Record<string, string>>> {
  const lake = await company.lake();
  const tables = (await lake.tables()).filter((table) => /^(silver|gold)\./.test(table));
  const digests = tables.map(async (table) => {
    const filled = [...(await lake.digests(table))].filter(([, digest]) => !digest.startsWith('0-'));
    return [table, Object.fromEntries(filled.sort())];
  });
  return Object.fromEntries(await Promise.all(digests));
}
