import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServices, startServices } from '../../services/start.services.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { FREE_PORTS } from '../services/own.services.ts';
import { until } from '../workflows/until.ts';
import { type CompanySources, dateOfDay, openCompanySources } from './company.sources.ts';
import { Company, PIPELINE } from './company.ts';
import { essentials } from './essentials.ts';
import { figure } from './figures.ts';
import { retrying } from './runs.ts';
import { endWorkers, strata, WorkerProcess } from './strata.process.ts';
import { expectRight } from './visible.ts';

const DAYS = 2;

// Also asks for the shared S3 server: where that cannot be had, neither can one to be killed.
await describeWith(['temporal', 'postgres', 'mongodb', 's3'], 'an S3 server that dies under a run', (addresses) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'strata-own-s3-'));
  let own: RunningServices<'s3'>;
  let sources: CompanySources;
  let company: Company;

  beforeAll(async () => {
    own = await startServices({ want: ['s3'], dataDir, ports: FREE_PORTS });
    sources = await openCompanySources(addresses, { rowsPerDay: 60 });
    await sources.live(DAYS);
    company = await Company.open({ ...essentials, sources, temporal: addresses.temporal, s3: own.addresses.s3 });
    company.now = `${dateOfDay(DAYS + 1)}T02:00:00Z`;
    await WorkerProcess.start(company);
  }, 4 * MINUTES);

  afterAll(async () => {
    await endWorkers();
    await company?.close();
    await sources?.close();
    await own?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('it is named, with how to start it; the run waits, and completes when it is back', {
    timeout: 6 * MINUTES,
  }, async () => {
    const running = strata(company, ['run', PIPELINE, '--from', dateOfDay(1), '--to', dateOfDay(DAYS)]);
    await until(async () => (await (await company.lake()).tables().catch(() => [])).length > 0);
    await own.handle('s3')!.kill();
    const said = await until(async () =>
      Object.values(await retrying(company)).find((message) => message.startsWith('S3')),
    );
    figure('an S3 server that is down', said);
    expect(said).toContain(new URL(own.addresses.s3.endpoint).host);
    expect(said).toContain('strata dev');
    await own.handle('s3')!.restart();
    const { code, stderr } = await running;
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/tried again \(attempt \d+\): bronze.*: S3 does not answer at /);
    await expectRight(company, 'after the S3 server was killed under a run');
  });
});
