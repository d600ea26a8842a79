import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PublicationSummary } from '../../workflows/publish.workflow.ts';
import { fullRun } from '../full-run.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { type CompanySources, openCompanySources } from './company.sources.ts';
import { Company, PIPELINE } from './company.ts';
import { expectRight } from './visible.ts';

/** Days before the two nights. */
const BOOTSTRAP = 11;
const inFull = test.runIf(fullRun);
const why = fullRun ? '' : ' (skipped: only in the full run)';

await describeWith(['temporal', 'postgres', 'mongodb'], `an earlier cut published again${why}`, (addresses) => {
  let sources: CompanySources;
  let company: Company;

  beforeAll(async () => {
    sources = await openCompanySources(addresses, { rowsPerDay: 40 });
    company = await Company.open({ sources, temporal: addresses.temporal });
    await company.startWorker();
    await sources.live(BOOTSTRAP);
    await company.backfill(1, BOOTSTRAP);
  }, 10 * MINUTES);

  afterAll(async () => {
    await company?.close();
    await sources?.close();
  });

  const publish = (cut: number): Promise<PublicationSummary> =>
    company.execute('publish', `publish/dev/${PIPELINE}/${cut}`, { pipeline: PIPELINE, cut });

  /** Of every table's rows and of every view's. */
  async function digests(): Promise<Record<string, unknown>> {
    const names = await company.warehouse(
      "SELECT table_name FROM information_schema.tables WHERE table_schema = 'dev' ORDER BY 1",
    );
    const all: Record<string, unknown> = {};
    for (const { table_name: name } of names) {
      const [row] = await company.warehouse(`SELECT count(*) AS n, sum(hash(t)::HUGEINT) AS digest FROM dev.${name} t`);
      all[name!] = row;
    }
    return all;
  }

  async function night(day: number): Promise<number> {
    await sources.live(day);
    const { cut } = await company.nightly(day);
    return cut;
  }

  inFull(
    'every table is as it was then; the next run publishes the newest again',
    {
      timeout: 10 * MINUTES,
    },
    async () => {
      const earlier = await night(BOOTSTRAP + 1);
      const then = await digests();
      const later = await night(BOOTSTRAP + 2);
      const now = await digests();
      expect(Object.keys(then).length).toBeGreaterThan(10);
      expect(now).not.toEqual(then);

      expect(await publish(earlier)).toMatchObject({ cut: earlier, published: { cut: earlier } });
      expect(await digests()).toEqual(then);
      // Asked twice, it is done once.
      expect((await publish(earlier)).published).toMatchObject({ tables: 0, rows: 0 });

      expect(await publish(later)).toMatchObject({ published: { cut: later } });
      expect(await digests()).toEqual(now);

      await publish(1);
      await company.nightly(BOOTSTRAP + 2);
      expect(await digests()).toEqual(now);
      await expectRight(company, 'back to the first cut, and a night');
    },
  );

  inFull('a cut that is not there is named with those that are', { timeout: MINUTES }, async () => {
    const error = (await publish(99).catch((reason) => reason)) as WorkflowFailedError;
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect(String(error.cause?.message)).toMatch(/has no cut 99.*Its cuts are 1 to 3/s);
  });
});
