import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolveDuckdbExtensions } from '../../services/duckdb.extensions.ts';
import type { RunningWorker } from '../../workers/worker.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { accountFor, MERGED } from './accounting.ts';
import { expectSourcesInBronze } from './bronze-holds-sources.ts';
import { changesSince } from './changes.ts';
import { dateOfDay, openCompanySources } from './company.sources.ts';
import { Company } from './company.ts';
import { deltaEngines, expectEnginesAgree } from './delta-engines.ts';
import { changedByOracle, changedTables } from './expected-changes.ts';
import { figure, timed } from './figures.ts';
import { expectKnownKeys, expectOracle } from './oracle-equality.ts';

const engines = await deltaEngines();
const withoutPython = 'missing' in engines ? ` (skipped: ${engines.missing})` : '';

// Here the company has DuckDB's extensions where they can be had, as after `strata dev`; the other tests go without.
const extensions = await resolveDuckdbExtensions({ names: ['postgres_scanner', 'httpfs'] });

await describeWith(['temporal', 'postgres', 'mongodb', 's3'], 'the company with its lake on S3', (addresses) => {
  let company: Company;
  let worker: RunningWorker;

  beforeAll(async () => {
    const sources = await openCompanySources(addresses);
    const variables = { STRATA_DUCKDB_EXTENSIONS: extensions.folder };
    company = await Company.open({ sources, temporal: addresses.temporal, s3: addresses.s3, variables });
    figure('S3: extensions of DuckDB', extensions.found);
    worker = await company.startWorker();
  }, 3 * MINUTES);

  afterAll(async () => {
    await company?.close();
    await company?.sources.close();
  });

  test('a backfill of two days and a nightly equal the oracle', { timeout: 5 * MINUTES }, async () => {
    await company.sources.live(2);
    await timed('S3: backfill of days 1 and 2', () => company.backfill(1, 2));
    await company.sources.live(3);
    await timed('S3: nightly of day 3', () => company.nightly(3));
    figure('S3: rows compared in every column', await expectOracle(company, await company.sources.oracle()));
    await expectKnownKeys(company);
  });

  test('every source row is in bronze, every observation accounted for', { timeout: 2 * MINUTES }, async () => {
    const lake = await company.lake();
    // Nobody disputes a payment of the first three days yet.
    await expectSourcesInBronze(lake, company.sources, ['bronze.dispute']);
    for (const silver of Object.keys(MERGED)) figure(`S3: observations for ${silver}`, await accountFor(lake, silver));
  });

  test('the day again changes nothing; a corrected rate what it must', { timeout: 3 * MINUTES }, async () => {
    const { client, generator } = company.sources;
    const versions = await (await company.lake()).versions();
    await company.nightly(3);
    expect(await changesSince(await company.lake(), versions)).toEqual({});
    const before = await company.sources.oracle();
    const { rows } = await client.query(
      `select currency, to_char(max(rate_date), 'YYYY-MM-DD') as day from exchange_rate where currency = 'GBP' group by 1`,
    );
    await generator.correctExchangeRate(rows[0].currency, rows[0].day, '1.50000000', `${dateOfDay(4)}T09:00:00Z`);
    await timed('S3: nightly of a corrected rate', () => company.nightly(4));
    const after = await company.sources.oracle();
    await expectOracle(company, after);
    const changes = changedTables(await changesSince(await company.lake(), versions));
    expect(changes).toEqual(changedByOracle(before, after));
    expect(changes['gold.fact_payment']?.content.length).toBeGreaterThan(0);
  });

  test.skipIf(withoutPython !== '')(
    `delta-rs and Polars read every table from S3 and agree${withoutPython}`,
    { timeout: 3 * MINUTES },
    async () => {
      const { python } = engines as { python: string };
      figure('S3: rows that delta-rs, Polars and Strata agree on', await expectEnginesAgree(python, company, worker));
    },
  );
});
