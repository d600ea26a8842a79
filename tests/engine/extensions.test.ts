import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadExtension } from '../../engine/extensions.ts';
import { openSession } from '../../engine/session.ts';
import { resolveDuckdbExtensions } from '../../services/duckdb.extensions.ts';
import { describeWith } from '../servers.ts';
import { failureOf, useFolder } from './engine.fixture.ts';

const extensions = await resolveDuckdbExtensions({ names: ['httpfs', 'postgres_scanner'] });
const folder = useFolder();
const LIMITS = { memoryLimit: '200MB', threads: 1, tempDirectory: folder };

describe('an extension that is not there', () => {
  test.each([
    ['no folder', {}, /no folder/],
    ['an empty folder', { extensionsDirectory: folder }, /httpfs.duckdb_extension does not exist/],
  ])('%s: the reason', async (_, options, reason) => {
    await using session = await openSession({ ...LIMITS, ...options });
    expect(await loadExtension(session, 'httpfs')).toEqual({ loaded: false, reason: expect.stringMatching(reason) });
  });

  test('a file that is no extension: the reason', async () => {
    writeFileSync(join(folder, 'httpfs.duckdb_extension'), 'nothing');
    await using session = await openSession({ ...LIMITS, extensionsDirectory: folder });
    expect(await loadExtension(session, 'httpfs')).toMatchObject({ loaded: false });
    expect(await failureOf(session.run("SELECT * FROM read_parquet('s3://a/b.parquet')"))).toMatchObject({
      code: 'bad_settings',
    });
  });
});

const without = (name: 'httpfs' | 'postgres_scanner') =>
  extensions.missing[name] === undefined ? '' : ` (skipped: ${extensions.missing[name]})`;

describe.skipIf(!extensions.found.includes('httpfs'))(`httpfs${without('httpfs')}`, () => {
  test('takes the session S3 settings, and its errors never show the key', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(403).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const s3 = { endpoint, region: 'here', accessKeyId: 'id', secretAccessKey: "it's-secret" };
    await using session = await openSession({ ...LIMITS, extensionsDirectory: extensions.folder, s3 });
    expect(await loadExtension(session, 'httpfs')).toEqual({ loaded: true });
    const failure = await failureOf(session.rows("SELECT * FROM read_parquet('s3://bucket/a.parquet')"));
    expect(asked[0]).toBe('HEAD /bucket/a.parquet');
    expect(failure).toMatchObject({ code: 'access_denied' });
    expect(JSON.stringify([failure.message, failure.cause])).not.toContain('secret');
    server.close();
    server.closeAllConnections();
    expect(await failureOf(session.rows("SELECT * FROM read_parquet('s3://bucket/a.parquet')"))).toMatchObject({
      code: 'unreachable',
      kind: 'transient',
    });
  });
});

describe.skipIf(!extensions.found.includes('postgres_scanner'))(
  `postgres_scanner${without('postgres_scanner')}`,
  () => {
    test('a server that is down is unreachable', async () => {
      await using session = await openSession({ ...LIMITS, extensionsDirectory: extensions.folder });
      expect(await loadExtension(session, 'postgres_scanner')).toEqual({ loaded: true });
      const failure = await failureOf(session.run("ATTACH 'host=127.0.0.1 port=1 user=x' AS p (TYPE postgres)"));
      expect(failure).toMatchObject({ code: 'unreachable', kind: 'transient' });
    });
  },
);

if (extensions.found.includes('httpfs')) {
  await describeWith(['s3'], 'httpfs with a real S3 server', ({ s3 }) => {
    test('writes and reads back', async () => {
      await using session = await openSession({ ...LIMITS, extensionsDirectory: extensions.folder, s3 });
      await loadExtension(session, 'httpfs');
      const file = `s3://${s3.bucket}/engine/é ü.parquet`;
      await session.run(`COPY (SELECT 42 AS a) TO '${file}' (FORMAT parquet)`);
      expect(await session.value(`SELECT a FROM read_parquet('${file}')`)).toBe(42);
      const missing = failureOf(session.value(`SELECT a FROM read_parquet('s3://${s3.bucket}/engine/none.parquet')`));
      expect(await missing).toMatchObject({ code: 'storage', kind: 'terminal' });
    });
  });
}
