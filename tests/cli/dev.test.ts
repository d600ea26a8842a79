import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, expect, test, vi } from 'vitest';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { SHOP_PROJECT, startStrata, strata } from './strata-process.ts';

vi.setConfig({ testTimeout: 4 * MINUTES });

const cwd = mkdtempSync(join(tmpdir(), 'strata-dev-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const anyPorts = Object.fromEntries(
  ['TEMPORAL', 'TEMPORAL_UI', 'POSTGRES', 'MONGODB', 'S3'].map((name) => [`STRATA_DEV_${name}_PORT`, '0']),
);
const place = { cwd, variables: { ...anyPorts, STRATA_PROJECT: SHOP_PROJECT } };

const answers = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const [host, port] = address.split(':');
    const socket = connect({ host: host!, port: Number(port) });
    socket.on('connect', () => socket.end(() => resolve(true)));
    socket.on('error', () => resolve(false));
  });

// The test run's own servers are not used, but where they cannot be had `strata dev` cannot start any either.
await describeWith(['temporal', 'postgres'], 'strata dev', () => {
  test('starts what the project needs, tells the other commands, and stops all of it', async () => {
    const dev = startStrata(place, 'dev');
    await dev.printed('Temporal UI');
    const file = join(cwd, '.strata/dev.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const settings = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    expect(Object.keys(settings)).toEqual(
      expect.arrayContaining([
        'STRATA_TEMPORAL_ADDRESS',
        'STRATA_LAKE',
        'STRATA_SOURCE_SHOP',
        'STRATA_WAREHOUSE_ANALYTICS',
      ]),
    );
    // The shop has no MongoDB: none is started.
    expect(dev.stderr).not.toContain('mongodb');
    const listed = await strata(place, 'schedule', 'ls', '--json');
    expect(listed).toMatchObject({ code: 0, stdout: '[]\n' });
    const { code, stderr } = await dev.signal('SIGINT');
    expect(stderr).toContain('stopping');
    expect(code).toBe(130);
    expect(await answers(settings.STRATA_TEMPORAL_ADDRESS!)).toBe(false);
    expect(await answers(new URL(settings.STRATA_SOURCE_SHOP!).host)).toBe(false);
    const down = await strata(place, 'runs', 'ls');
    expect(down.code).toBe(3);
  });

  /** Asks the shop's database, and how often it had been asked before. */
  async function visits(url: string): Promise<number> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query('CREATE TABLE IF NOT EXISTS visit (n INTEGER)');
      const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM visit');
      await client.query('INSERT INTO visit VALUES (1)');
      return rows[0]!.n;
    } finally {
      await client.end();
    }
  }

  test('keeps databases and lake from one time to the next; --reset deletes both', async () => {
    const found = [];
    for (const args of [[], [], ['--reset']]) {
      const dev = startStrata(place, 'dev', '--no-worker', ...args);
      await dev.printed('Temporal UI');
      const settings = JSON.parse(readFileSync(join(cwd, '.strata/dev.json'), 'utf8')) as Record<string, string>;
      const lake = fileURLToPath(settings.STRATA_LAKE!);
      found.push({ visits: await visits(settings.STRATA_SOURCE_SHOP!), lake: existsSync(join(lake, 'mark')) });
      mkdirSync(lake, { recursive: true });
      writeFileSync(join(lake, 'mark'), '');
      expect((await dev.signal('SIGINT')).code).toBe(130);
    }
    expect(found).toEqual([
      { visits: 0, lake: false },
      { visits: 1, lake: true },
      { visits: 0, lake: false },
    ]);
  });
});
