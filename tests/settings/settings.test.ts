import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { writeDevSettings } from '../../config/settings.dev.ts';
import { printSettings } from '../../config/settings.print.ts';
import { loadSettings, nowOf } from '../../config/settings.ts';
import { StrataError } from '../../core/errors.ts';
import { millisOf } from '../../core/instant.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'strata-settings-'));

function refused(env: Record<string, string>): StrataError {
  try {
    loadSettings({ env, cwd: folder() });
  } catch (error) {
    if (error instanceof StrataError) return error;
    throw error;
  }
  throw new Error('The settings were accepted');
}

test('nothing set: a development lake below the working folder', () => {
  const cwd = folder();
  const settings = loadSettings({ env: {}, cwd });
  expect(settings).toMatchObject({ env: 'dev', sources: {}, warehouses: {}, project: join(cwd, 'config/project.ts') });
  expect(settings.lake).toEqual({ uri: `file://${cwd}/.strata/lake`, s3: undefined });
});

test('sources and warehouses are named by their variables', () => {
  const cwd = folder();
  const { sources, warehouses } = loadSettings({
    cwd,
    env: {
      STRATA_SOURCE_OLTP: 'postgres://reader:pw@db:5432/payments',
      STRATA_SOURCE_APP: 'mongodb://a:27017,b:27017/app?replicaSet=rs0',
      STRATA_WAREHOUSE_ANALYTICS: 'duckdb:///data/analytics.duckdb',
      STRATA_WAREHOUSE_NEAR: 'duckdb:near.duckdb',
    },
  });
  expect(sources.oltp).toMatchObject({ system: 'postgres' });
  expect(sources.app).toMatchObject({ system: 'mongodb' });
  expect(sources.app?.url.reveal()).toBe('mongodb://a:27017,b:27017/app?replicaSet=rs0');
  expect(warehouses).toEqual({
    analytics: { kind: 'duckdb', path: '/data/analytics.duckdb' },
    near: { kind: 'duckdb', path: join(cwd, 'near.duckdb') },
  });
});

test('every wrong setting is named at once, with what is valid', () => {
  const error = refused({
    STRATA_ENV: 'production',
    STRATA_LAKE: 'gs://bucket',
    STRATA_TEMPORAL_ADDRESS: 'temporal',
    STRATA_TEMPORAL_TLS: 'yes',
    STRATA_DUCKDB_MEMORY: 'lots',
    STRATA_BUILDS: '0',
    STRATA_SOURCE_OLTP: 'mysql://root@db/x',
    STRATA_SOURCE_APP: 'mongodb://host',
    STRATA_WAREHOUSE_ANALYTICS: 'snowflake://a/b/c',
  });
  expect(error.code).toBe('bad_settings');
  expect(error.message).toMatch(/^9 wrong setting/);
  expect(error.message).toContain('STRATA_ENV is "production"; valid: dev, staging or prod');
  expect(error.message).toContain('valid: file:///absolute/folder or s3://bucket/prefix');
  expect(error.message).toContain('STRATA_SOURCE_OLTP is not an address of PostgreSQL or MongoDB');
  expect(error.message).toContain('STRATA_SOURCE_APP names no database');
  expect(error.message).toContain('STRATA_WAREHOUSE_ANALYTICS is not the address of a warehouse');
  for (const name of ['STRATA_TEMPORAL_ADDRESS', 'STRATA_TEMPORAL_TLS', 'STRATA_DUCKDB_MEMORY', 'STRATA_BUILDS']) {
    expect(error.message).toContain(`  ${name} is `);
  }
});

test('one setting switches a warehouse to Snowflake, and its account is asked for by name', () => {
  const missing = refused({
    STRATA_WAREHOUSE_ANALYTICS: 'snowflake',
    STRATA_SNOWFLAKE_ROLE: 'a b',
    STRATA_SNOWFLAKE_STORAGE_INTEGRATION: 'i',
  });
  for (const name of ['ACCOUNT', 'USER', 'PRIVATE_KEY_PATH', 'WAREHOUSE', 'DATABASE', 'STAGE_URL']) {
    expect(missing.message).toContain(`STRATA_SNOWFLAKE_${name} is missing`);
  }
  expect(missing.message).toContain('STRATA_SNOWFLAKE_ROLE is "a b"; valid: a name of letters, digits and _');
  const cwd = folder();
  const account = {
    STRATA_SNOWFLAKE_ACCOUNT: 'org-account',
    STRATA_SNOWFLAKE_USER: 'loader',
    STRATA_SNOWFLAKE_PRIVATE_KEY_PATH: 'key.p8',
    STRATA_SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: 'hush',
    STRATA_SNOWFLAKE_ROLE: 'LOADER',
    STRATA_SNOWFLAKE_WAREHOUSE: 'LOAD_WH',
    STRATA_SNOWFLAKE_DATABASE: 'ANALYTICS',
  };
  const named = {
    ...account,
    STRATA_WAREHOUSE_ANALYTICS: 'snowflake',
    STRATA_WAREHOUSE_OTHER: 'snowflake://OTHER/MARTS',
  };
  expect(() => loadSettings({ cwd, env: named })).toThrow(
    'STRATA_SNOWFLAKE_PRIVATE_KEY_PATH names a file that cannot be read',
  );
  writeFileSync(join(cwd, 'key.p8'), '');
  const settings = loadSettings({ cwd, env: named });
  expect(settings.warehouses).toEqual({
    analytics: { kind: 'snowflake' },
    other: { kind: 'snowflake', database: 'OTHER', schema: 'MARTS' },
  });
  expect(settings.snowflake).toMatchObject({ account: 'org-account', privateKeyPath: join(cwd, 'key.p8') });
  expect(printSettings(settings)).not.toContain('hush');
  // Whoever stays with DuckDB is asked for nothing.
  expect(loadSettings({ cwd, env: { STRATA_SNOWFLAKE_ROLE: 'X' } }).snowflake).toBeUndefined();
});

test('a lake on S3 needs its keys; the usual AWS variables are understood', () => {
  const missing = refused({ STRATA_LAKE: 's3://lake/prod' });
  expect(missing.message).toContain('STRATA_S3_ACCESS_KEY_ID is missing');
  expect(missing.message).toContain('STRATA_S3_SECRET_ACCESS_KEY is missing');
  const { lake } = loadSettings({
    cwd: folder(),
    env: { STRATA_LAKE: 's3://lake', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'hush', AWS_REGION: 'eu-west-1' },
  });
  expect(lake.s3).toMatchObject({ region: 'eu-west-1', accessKeyId: 'id', endpoint: undefined });
  expect(lake.s3?.secretAccessKey.reveal()).toBe('hush');
});

test('secrets are in no message, no print and no JSON', () => {
  const env = {
    STRATA_LAKE: 's3://lake',
    STRATA_S3_ACCESS_KEY_ID: 'id',
    STRATA_S3_SECRET_ACCESS_KEY: 'hush-s3',
    STRATA_TEMPORAL_TLS: 'true',
    STRATA_TEMPORAL_API_KEY: 'hush-api',
    STRATA_SOURCE_OLTP: 'postgres://reader:hush-pw@db:5432/payments?sslpassword=hush-query',
    STRATA_SOURCE_APP: 'mongodb://u:hush-pw@a:1,b:2/app',
  };
  const settings = loadSettings({ env, cwd: folder() });
  for (const text of [printSettings(settings), JSON.stringify(settings), inspect(settings, { depth: 9 })]) {
    expect(text).not.toContain('hush');
    expect(text).toContain('postgres://reader:***@db:5432/payments?***');
    expect(text).toContain('mongodb://u:***@a:1,b:2/app');
  }
  const wrong = refused({ ...env, STRATA_SOURCE_OLTP: 'postgres://reader:hush-pw@db:5432', STRATA_ENV: 'x' });
  expect(wrong.describe()).not.toContain('hush');
});

test('what strata dev left is used, and the environment wins', () => {
  const cwd = folder();
  writeDevSettings(cwd, { STRATA_TEMPORAL_ADDRESS: '127.0.0.1:7000', STRATA_SOURCE_OLTP: 'postgres://a@b/c' });
  expect(loadSettings({ env: {}, cwd }).temporal.address).toBe('127.0.0.1:7000');
  expect(loadSettings({ env: {}, cwd }).sources.oltp?.url.reveal()).toBe('postgres://a@b/c');
  const env = { STRATA_TEMPORAL_ADDRESS: 'cluster:7233' };
  expect(loadSettings({ env, cwd }).temporal.address).toBe('cluster:7233');
});

test('a misspelt variable is reported, an empty one is absent', () => {
  const settings = loadSettings({
    env: { STRATA_LAKEE: 'file:///x', STRATA_ENV: '', STRATA_CACHE: '/c' },
    cwd: folder(),
  });
  expect(settings.unknown).toEqual(['STRATA_LAKEE']);
  expect(settings.env).toBe('dev');
});

test('the time can be simulated; a malformed one is refused', () => {
  expect(nowOf(loadSettings({ env: { STRATA_NOW: '2026-11-15' }, cwd: folder() }))).toBe('2026-11-15T00:00:00.000000Z');
  expect(Math.abs(millisOf(nowOf(loadSettings({ env: {}, cwd: folder() }))) - Date.now())).toBeLessThan(5000);
  expect(refused({ STRATA_NOW: '2026-02-30' }).message).toContain('STRATA_NOW is "2026-02-30"; valid: a UTC date');
});
