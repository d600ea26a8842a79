import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, stat, statfs, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDuckdbWarehouse } from '../../warehouse/duckdb-warehouse.ts';
import type { PublishStep } from '../../warehouse/warehouse.ts';
import { MINUTES } from '../patience.ts';
import { difference, dimAt, factAt, SESSION, writeFiles } from './company.fixture.ts';
import { endPublishers, Publisher, type PublisherArguments } from './publisher.process.ts';
import { readWarehouse } from './read-warehouse.ts';

const CUTS = 40;
const HOLDER = fileURLToPath(new URL('./holder.child.ts', import.meta.url));
let root: string;
let files: string;
let path: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'strata-warehouse-kill-'));
  files = join(root, 'files');
  for (const pipeline of ['sales', 'risk']) await writeFiles(files, pipeline, CUTS);
});
afterEach(endPublishers);
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(async () => {
  const folder = await mkdtemp(join(root, 'w-'));
  path = join(folder, 'analytics.duckdb');
});

const start = (rest: Partial<PublisherArguments> = {}) =>
  new Publisher({ path, files, pipeline: 'sales', lastCut: 2, ...rest });
const open = () => openDuckdbWarehouse({ path, schema: 'dev', session: SESSION });

/** What the file holds must be exactly what its own ledger says, computed without any of our SQL. */
async function expectConsistent(): Promise<Readonly<Record<string, number>>> {
  const { cuts, tables } = await readWarehouse(path);
  const expected: Record<string, string[]> = {};
  for (const [pipeline, cut] of Object.entries(cuts)) {
    expected[`fact_${pipeline}`] = factAt(pipeline, cut)
      .map((row) => row.map((value) => value ?? '').join('|'))
      .sort();
    expected[`dim_${pipeline}`] = [`1|${dimAt(pipeline, cut)}`];
  }
  expect(Object.fromEntries(Object.entries(tables).map(([name, rows]) => [name, [...rows].sort()]))).toEqual(expected);
  return cuts;
}

describe('a publisher killed', () => {
  it.each([
    ['copied', 1],
    ['loaded', 1],
    ['checked', 1],
    ['announced', 2],
    ['installed', 2],
  ] as const)('after it has %s leaves cut %i', async (step: PublishStep, cut) => {
    await (await open()).publish(difference(files, 'sales', null, 1));
    const publisher = start({ pauseAt: step });
    await publisher.says('paused');
    publisher.signal('SIGKILL');
    await publisher.exit;
    // A reader who knows nothing of Strata sees the old or the new state, never a third one.
    expect((await expectConsistent()).sales).toBe(step === 'installed' ? 2 : 1);
    const warehouse = await open();
    expect(await warehouse.published('sales')).toMatchObject({ number: cut });
    expect(await warehouse.publish(difference(files, 'sales', 1, 2))).toMatchObject({
      outcome: cut === 2 ? 'current' : 'published',
      cut: 2,
    });
    expect(await expectConsistent()).toEqual({ sales: 2 });
  });

  it('at random moments, over and over, with two pipelines and a twin: the result is as if nobody had died', {
    timeout: 4 * MINUTES,
  }, async () => {
    let random = 20_261_101;
    const below = (n: number) => {
      random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
      return random % n;
    };
    const done = { sales: false, risk: false };
    let kills = 0;
    const run = async (pipeline: 'sales' | 'risk', slot: number) => {
      for (let life = 0; !done[pipeline]; life++) {
        const publisher = start({ pipeline, lastCut: CUTS, seed: slot * 1000 + life });
        const mercy = life >= 5;
        const timer = mercy ? undefined : setTimeout(() => publisher.signal('SIGKILL'), 700 + below(1200));
        const code = await publisher.exit;
        clearTimeout(timer);
        if (code === 0) done[pipeline] = true;
        else if (code === null) kills++;
        else throw new Error(publisher.output);
      }
    };
    let watching = true;
    const watch = async () => {
      for (let last: Readonly<Record<string, number>> = {}; watching; ) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        const cuts = await expectConsistent().catch((error: Error) => {
          if (/does not exist/.test(error.message)) return {};
          throw error;
        });
        for (const [pipeline, cut] of Object.entries(last))
          expect((cuts as typeof last)[pipeline]).toBeGreaterThanOrEqual(cut);
        last = cuts;
      }
    };
    const watcher = watch();
    await Promise.all([run('sales', 1), run('sales', 2), run('risk', 3)]);
    watching = false;
    await watcher;
    const warehouse = await open();
    expect(await warehouse.published('sales')).toMatchObject({ number: CUTS });
    expect(await expectConsistent()).toEqual({ sales: CUTS, risk: CUTS });
    console.log(`killed ${kills} times, generation ${(await readWarehouse(path)).generation}`);
    expect(kills).toBeGreaterThan(5);
  });
});

describe('a publisher that sleeps while others go on', () => {
  it.each(['copied', 'loaded', 'checked', 'announced'] as const)(
    'from the moment it has %s changes nothing when it wakes',
    async (step) => {
      const warehouse = await open();
      await warehouse.publish(difference(files, 'sales', null, 1));
      const sleeper = start({ pauseAt: step, lastCut: 9 });
      await sleeper.says('paused');
      sleeper.signal('SIGSTOP');
      const at = (await warehouse.published('sales'))!.number;
      await warehouse.publish(difference(files, 'sales', at, 7));
      await warehouse.publish(difference(files, 'risk', null, 4));
      await warehouse.publish(difference(files, 'sales', 7, 9));
      const before = await readWarehouse(path);
      sleeper.signal('SIGCONT');
      sleeper.resume();
      expect(await sleeper.exit).toBe(0);
      expect(await readWarehouse(path)).toEqual(before);
      expect(await expectConsistent()).toEqual({ sales: 9, risk: 4 });
    },
  );

  it('and loses its file to the cleaning starts again', async () => {
    const warehouse = await open();
    await warehouse.publish(difference(files, 'sales', null, 1));
    const sleeper = start({ pauseAt: 'checked', lastCut: 5 });
    await sleeper.says('paused');
    const next = join(path.replace(/\.duckdb$/, '.next'));
    for (const name of await readdir(next)) await unlink(join(next, name));
    sleeper.resume();
    expect(await sleeper.exit).toBe(0);
    expect(await expectConsistent()).toEqual({ sales: 5 });
    // What it called published is what the file remembers, and the first publication, which was ours.
    const published = sleeper.output.match(/^published /gm)?.length ?? 0;
    expect((await readWarehouse(path)).publications).toBe(published + 1);
    // The number it had announced in vain stays unused; everybody goes on above it.
    await (await open()).publish(difference(files, 'risk', null, 2));
    expect(await expectConsistent()).toEqual({ sales: 5, risk: 2 });
  });
});

describe('a reader', () => {
  it('keeps reading the cut it opened while newer ones are published', async () => {
    const warehouse = await open();
    await warehouse.publish(difference(files, 'sales', null, 1));
    const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
    const connection = await instance.connect();
    const label = async () => (await connection.runAndReadAll('SELECT label FROM dev.dim_sales')).getRowsJson()[0]?.[0];
    expect(await label()).toBe(dimAt('sales', 1));
    for (let cut = 2; cut <= 5; cut++) await warehouse.publish(difference(files, 'sales', cut - 1, cut));
    expect(await label()).toBe(dimAt('sales', 1));
    connection.disconnectSync();
    instance.closeSync();
    expect(await expectConsistent()).toEqual({ sales: 5 });
  });
});

describe('a reader that opened the file for writing, as the duckdb program does', () => {
  it('is waited for and named; once it is gone the publication goes on', async () => {
    const warehouse = await open();
    await warehouse.publish(difference(files, 'sales', null, 1));
    await chmod(path, 0o644);
    const holder = spawn(process.execPath, ['--import', 'tsx', HOLDER, path]);
    const gone = once(holder, 'exit');
    try {
      await once(holder.stdout, 'data');
      await expect(warehouse.query('SELECT 1')).rejects.toMatchObject({
        code: 'held',
        message: expect.stringContaining(`process ${holder.pid}`),
      });
      const said: string[] = [];
      const onWait = (message: string) => {
        said.push(message);
        holder.kill();
      };
      expect(await warehouse.published('sales', { onWait })).toMatchObject({ number: 1 });
      expect(said).toEqual([
        expect.stringMatching(`^Waiting: ${path} is open for writing in .*, process ${holder.pid}$`),
      ]);
      await gone;
    } finally {
      holder.kill('SIGKILL');
    }
  });

  it('makes a load wait with a message, and an aborted load gives up', async () => {
    const warehouse = await open();
    await warehouse.publish(difference(files, 'sales', null, 1));
    await chmod(path, 0o644);
    const holder = spawn(process.execPath, ['--import', 'tsx', HOLDER, path]);
    try {
      await once(holder.stdout, 'data');
      const abort = new AbortController();
      const aborted = warehouse.publish(difference(files, 'sales', 1, 2), {
        signal: abort.signal,
        onWait: () => abort.abort(),
      });
      await expect(aborted).rejects.toMatchObject({ code: 'cancelled' });
      const loaded = warehouse.publish(difference(files, 'sales', 1, 2), { onWait: () => holder.kill() });
      expect(await loaded).toMatchObject({ outcome: 'published', cut: 2 });
      expect(await expectConsistent()).toEqual({ sales: 2 });
    } finally {
      holder.kill('SIGKILL');
    }
  });
});

describe('a full disk', () => {
  it('at any size leaves the old file, says so, and publishing works again once there is room', async () => {
    const warehouse = await open();
    await warehouse.publish(difference(files, 'sales', null, 1));
    const size = (await stat(path)).size;
    let failures = 0;
    for (const kibibytes of [100, Math.floor(size / 1024) + 1, Math.floor(size / 1024) + 300]) {
      const publisher = start({ fileSizeLimit: kibibytes, lastCut: CUTS });
      if ((await publisher.exit) === 0) continue;
      failures++;
      expect(publisher.output).toMatch(/^failed storage/m);
      await expectConsistent();
      expect(await readdir(path.replace(/\.duckdb$/, '.next'))).toEqual([]);
    }
    expect(failures).toBeGreaterThanOrEqual(2);
    expect(await start({ lastCut: CUTS }).exit).toBe(0);
    expect(await expectConsistent()).toEqual({ sales: CUTS });
  });

  const small = smallDisk();
  it.skipIf(small === undefined)(
    `for real${small === undefined ? ' (skipped: no small file system can be mounted here)' : ''}`,
    async () => {
      path = join(small!, 'analytics.duckdb');
      try {
        const warehouse = await open();
        await warehouse.publish(difference(files, 'sales', null, 1));
        const { bavail, bsize } = await statfs(small!);
        // A copy of the warehouse fits half.
        await writeFile(join(small!, 'filler'), Buffer.alloc(bavail * bsize - Math.floor((await stat(path)).size / 2)));
        await expect(warehouse.publish(difference(files, 'sales', 1, 30))).rejects.toMatchObject({ code: 'storage' });
        expect(await expectConsistent()).toEqual({ sales: 1 });
        await unlink(join(small!, 'filler'));
        await warehouse.publish(difference(files, 'sales', 1, 30));
        expect(await expectConsistent()).toEqual({ sales: 30 });
      } finally {
        spawnSync('umount', [small!]);
      }
    },
  );
});

/** A file system of 12 MB, where this user may mount one. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'strata-small-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', folder]).status === 0;
  return mounted ? folder : undefined;
}
