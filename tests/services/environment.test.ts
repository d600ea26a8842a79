import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadCredentials } from '../../services/credentials.file.ts';
import { planPostgres } from '../../services/postgres.server.ts';
import type { ServiceEvent } from '../../services/service.report.ts';
import { DEFAULT_PORTS } from '../../services/service.types.ts';
import { readServicesEnvironment } from '../../services/services.environment.ts';
import { startServices } from '../../services/start.services.ts';
import { ownFolder } from './own.services.ts';

describe('the environment', () => {
  it('may be empty', () => {
    const read = readServicesEnvironment({}, '/project');
    expect(read).toMatchObject({ dataDir: '/project/.strata', ports: DEFAULT_PORTS, configured: {} });
    expect(read.cacheDir).toMatch(/\/strata$/);
  });

  it('sets folders, ports and addresses', () => {
    const env = {
      STRATA_DATA: '/data',
      STRATA_CACHE: '/cache',
      STRATA_DEV_S3_PORT: '0',
      STRATA_DEV_TEMPORAL_UI_PORT: '9999',
      MONGODB_URL: 'mongodb://elsewhere',
      TEMPORAL_ADDRESS: 'elsewhere:7233',
      AWS_ENDPOINT_URL: 'https://somewhere.in.the.cloud',
    };
    expect(readServicesEnvironment(env, '/project')).toEqual({
      dataDir: '/data',
      cacheDir: '/cache',
      ports: { ...DEFAULT_PORTS, s3: 0, temporalUi: 9999 },
      configured: { mongodbUrl: 'mongodb://elsewhere', temporal: 'elsewhere:7233' },
    });
  });

  it.each(['x', '-1', '70000', '1.5', '0x10'])('cannot name %s as a port', (value) => {
    expect(() => readServicesEnvironment({ STRATA_DEV_S3_PORT: value })).toThrow(/STRATA_DEV_S3_PORT is .* no port/);
  });

  it('must name the keys of a configured S3 server', () => {
    expect(() => readServicesEnvironment({ STRATA_S3_ENDPOINT: 'http://x' })).toThrow('its keys are not');
  });
});

describe('a configured server', () => {
  const start = (configured: object, report?: (event: ServiceEvent) => void) =>
    startServices({
      want: ['temporal', 'postgres', 'mongodb'],
      dataDir: ownFolder(),
      configured,
      ...(report ? { report } : {}),
    });

  it('is used and never started or stopped', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const at = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const configured = {
      temporal: at,
      temporalUi: 'http://ui',
      postgresUrl: `postgres://me:p%40ss@${at}/db`,
      mongodbUrl: `mongodb://${at},other:1/?replicaSet=r`,
    };
    const events: ServiceEvent[] = [];
    const services = await start(configured, (event) => events.push(event));
    expect(services.addresses).toEqual(configured);
    expect(services.processes).toEqual([]);
    expect(events.map(({ kind }) => kind)).toEqual(['note', 'note', 'note']);
    await services.stop();
    expect(server.listening).toBe(true);
  });

  it('that does not answer is an error that shows no password', async () => {
    const postgresUrl = 'postgres://me:secret@127.0.0.1:1/db';
    const error = await start({ temporal: '127.0.0.1:1', postgresUrl, mongodbUrl: 'x' }).catch((reason) => reason);
    expect(error).toMatchObject({ code: 'unreachable', message: expect.stringContaining('127.0.0.1:1') });
    expect(`${error.describe()}`).not.toContain('secret');
  });

  it('whose address is malformed is an error that says how to write it', async () => {
    const error = await start({ temporal: ':', postgresUrl: '', mongodbUrl: '' }).catch((reason) => reason);
    expect(error).toMatchObject({ code: 'bad_settings', hint: expect.stringContaining('host:port') });
  });
});

describe('the data folder', () => {
  it('keeps its keys, which only its owner reads', () => {
    const folder = ownFolder();
    const made = loadCredentials(folder);
    expect(loadCredentials(folder)).toEqual(made);
    expect(loadCredentials(ownFolder())).not.toEqual(made);
    expect(statSync(join(folder, 'credentials.json')).mode & 0o077).toBe(0);
  });

  it('of another PostgreSQL version is refused, not opened and not deleted', async () => {
    const dataDir = ownFolder();
    mkdirSync(join(dataDir, 'postgres'));
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '9\n');
    const context = { dataDir, cacheDir: ownFolder(), report: () => {}, durable: true };
    await expect(planPostgres(context, { postgres: 1 })).rejects.toMatchObject({
      hint: 'Install PostgreSQL 9, which wrote the data folder, or start afresh with --reset.',
    });
    expect(statSync(join(dataDir, 'postgres', 'PG_VERSION')).isFile()).toBe(true);
  });
});
