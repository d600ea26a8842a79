import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { instantFromMicros } from '../../core/instant.ts';
import { openSession } from '../../engine/session.ts';
import { failureOf, useFolder, useSession } from './engine.fixture.ts';

describe('values', () => {
  const used = useSession();

  test('are exact', async () => {
    const [row] = await used.session.rows(`SELECT
      9223372036854775807::BIGINT AS big, 170141183460469231731687303715884105727::HUGEINT AS huge, 7::INTEGER AS small,
      0.1::DOUBLE AS double, '12345678901234567.890'::DECIMAL(20,3) AS money, '-0.05'::DECIMAL(4,2) AS cents,
      TIMESTAMPTZ '2026-11-01 05:00:00.123456+02' AS moment, DATE '2026-11-01' AS day, NULL AS nothing,
      'ü''"' AS text, '\\x00\\xFF'::BLOB AS bytes, [1.5::DECIMAL(3,1), NULL] AS list, {a: true} AS struct`);
    expect(row).toEqual({
      big: 9223372036854775807n,
      huge: 170141183460469231731687303715884105727n,
      small: 7,
      double: 0.1,
      money: '12345678901234567.890',
      cents: '-0.05',
      moment: 1793502000123456n,
      day: '2026-11-01',
      nothing: null,
      text: 'ü\'"',
      bytes: Buffer.from([0, 255]),
      list: ['1.5', null],
      struct: { a: true },
    });
    expect(instantFromMicros(row!.moment as bigint)).toBe('2026-11-01T03:00:00.123456Z');
  });

  test('go in as parameters', async () => {
    const { session } = used;
    const sql = 'SELECT $1 AS a, $2 AS b, $3 AS c, $4 AS d, $5 AS e, typeof($2) AS type, $6 AS list';
    const bytes = new Uint8Array([1, 2]);
    expect(await session.rows(sql, ["it's", 2n ** 62n, 1.5, null, bytes, ['x', 'y']])).toEqual([
      { a: "it's", b: 2n ** 62n, c: 1.5, d: null, e: Buffer.from(bytes), type: 'BIGINT', list: ['x', 'y'] },
    ]);
    expect(await session.value('SELECT ? + ?', [1, 2])).toBe(3);
    expect(await session.value('SELECT 1 WHERE false')).toBeUndefined();
  });

  test('columns are known without running the query', async () => {
    const sql = "SELECT error('ran')::INTEGER AS a, 1::DECIMAL(18,3) AS b, now() AS c";
    expect(await used.session.columns(sql)).toEqual([
      { name: 'a', type: 'INTEGER' },
      { name: 'b', type: 'DECIMAL(18,3)' },
      { name: 'c', type: 'TIMESTAMP WITH TIME ZONE' },
    ]);
  });
});

describe('limits', () => {
  const folder = useFolder();
  const BIG = 'CREATE TABLE big AS SELECT i, md5(i::VARCHAR) || md5((i + 1)::VARCHAR) AS t FROM range(3_000_000) r(i)';

  test('what does not fit in memory goes to a folder of its own, which close removes', async () => {
    const session = await openSession({ memoryLimit: '100MB', threads: 1, tempDirectory: folder });
    await session.run(BIG);
    const [own] = readdirSync(folder);
    expect(readdirSync(join(folder, own!)).length).toBeGreaterThan(0);
    expect(await session.value('SELECT count(DISTINCT t) FROM big')).toBe(3_000_000n);
    await session.close();
    await session.close();
    expect(readdirSync(folder)).toEqual([]);
    expect((await failureOf(session.run('SELECT 1'))).message).toContain('closed');
  });

  test('too little memory and no room to spill is storage, and worth a retry', async () => {
    const session = await openSession({ memoryLimit: '60MB', threads: 1, tempDirectory: folder, maxTempSize: '1MB' });
    const failure = await failureOf(session.run(BIG));
    await session.close();
    expect(failure).toMatchObject({ code: 'storage', kind: 'transient' });
    expect(failure.hint).toMatch(/memory limit|disk/);
  });

  test.each([
    ['memory', { memoryLimit: 'lots', threads: 1 }],
    ['threads', { memoryLimit: '1GB', threads: 0 }],
    ['spill', { memoryLimit: '1GB', threads: 1, maxTempSize: 'some' }],
    ['folder', { memoryLimit: '1GB', threads: 1, tempDirectory: '/nowhere/at/all' }],
  ])('wrong %s is bad_settings', async (_, options) => {
    const failure = await failureOf(openSession(options));
    expect(failure.code).toBe('bad_settings');
    expect(failure.hint).toBeTruthy();
  });

  test('runs in UTC, keeps order only where asked, installs and loads nothing by itself', async () => {
    const session = await openSession({ memoryLimit: '100MB', threads: 1, tempDirectory: folder });
    const settings = `SELECT name, value FROM duckdb_settings() WHERE name IN
      ('TimeZone', 'preserve_insertion_order', 'autoinstall_known_extensions', 'autoload_known_extensions') ORDER BY name`;
    expect((await session.rows<{ value: string }>(settings)).map((r) => r.value)).toEqual([
      'UTC',
      'false',
      'false',
      'false',
    ]);
    const fork = await session.fork();
    expect(await fork.value("SELECT current_setting('TimeZone')")).toBe('UTC');
    expect((await failureOf(fork.run('SELEC'))).where).toContain('SQL line 1');
    await fork.close();
    expect(await session.value('SELECT 1')).toBe(1);
    await session.close();
  });
});

describe('cancellation', () => {
  const ENDLESS = 'SELECT count(*) FROM range(1_000_000) a, range(1_000_000) b WHERE (a.range * b.range) % 7 = 8';

  test('an aborted signal interrupts what runs and refuses what comes', async () => {
    const abort = new AbortController();
    const session = await openSession({ memoryLimit: '100MB', threads: 1, signal: abort.signal });
    setTimeout(() => abort.abort(new Error('worker stops')), 100);
    const started = Date.now();
    const failure = await failureOf(session.run(ENDLESS));
    expect(failure).toMatchObject({ code: 'cancelled' });
    expect(failure.cause).toEqual(new Error('worker stops'));
    expect(Date.now() - started).toBeLessThan(5_000);
    expect((await failureOf(session.run('SELECT 1'))).code).toBe('cancelled');
    await session.close();
  });

  test('interrupt ends the statement that runs, and only that', async () => {
    const session = await openSession({ memoryLimit: '100MB', threads: 1 });
    setTimeout(() => session.interrupt(), 100);
    expect((await failureOf(session.run(ENDLESS))).code).toBe('cancelled');
    expect(await session.value('SELECT 1')).toBe(1);
    await session.close();
  });
});

test('the temp folder goes when opening fails', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-engine-'));
  await failureOf(openSession({ memoryLimit: 'lots', threads: 1, tempDirectory: folder }));
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
  expect(existsSync(folder)).toBe(false);
});

test('closing under a running statement ends the statement, not the process', async () => {
  const session = await openSession({ memoryLimit: '256MB', threads: 1 });
  const running = session.rows('SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000) b');
  const failed = expect(running).rejects.toThrow();
  await session.close();
  await failed;
});
