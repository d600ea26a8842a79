import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readTail } from '../../lake/delta-log.ts';
import { FileStore } from '../../lake/file-store.ts';
import { loadLedgers } from '../../lake/load-ledgers.ts';
import { openTable } from '../../lake/table.ts';
import { MINUTES } from '../patience.ts';
import { type Child, startChild } from './child-process.ts';
import { tempFolder } from './fixtures.ts';

const NAME = 'silver.counter';

interface Reported {
  readonly partition: string;
  readonly version: number;
  readonly twin: boolean;
  readonly run: string;
}

const reported = (child: Child): Reported[] => child.lines.slice(1).map((line) => JSON.parse(line) as Reported);

test('racing processes with the same claims commit each exactly once', { timeout: 2 * MINUTES }, async () => {
  const folder = await tempFolder();
  const CLAIMS = 25;
  const children = ['a', 'b', 'c', 'd'].map((name) =>
    startChild('./committer.child.ts', [folder, name, 'claims', String(CLAIMS)]),
  );
  for (const child of children) expect(await child.ended, child.errors()).toBe(0);

  const all = children.flatMap(reported);
  expect(all).toHaveLength(4 * CLAIMS);
  const winners = all.filter(({ twin }) => !twin);
  expect(winners.map(({ partition }) => partition).sort()).toEqual(
    Array.from({ length: CLAIMS }, (_, i) => `p${i}`).sort(),
  );
  const versionOf = new Map(winners.map(({ partition, version }) => [partition, version]));
  for (const { partition, version } of all) expect(version).toBe(versionOf.get(partition));

  const table = openTable(new FileStore(folder), 'dev', NAME);
  const state = await table.load();
  expect(state.version).toBe(CLAIMS - 1);
  expect(state.files.size).toBe(3 * CLAIMS);
  expect(state.ledger.partitions.size).toBe(CLAIMS);
});

test('a committer that is killed at any moment leaves whole commits only', { timeout: 3 * MINUTES }, async () => {
  const folder = await tempFolder();
  const store = new FileStore(folder);
  const acknowledged: Reported[] = [];
  for (let round = 0; round < 12; round++) {
    const child = startChild('./committer.child.ts', [folder, `r${round}`, 'forever']);
    await child.ready;
    await sleep(20 + Math.random() * 250);
    child.process.kill('SIGKILL');
    expect(await child.ended).toBe('SIGKILL');
    acknowledged.push(...reported(child));

    const table = openTable(store, 'dev', NAME);
    const state = await table.load();
    const log = await readTail(store, table.folder, -1);
    expect(log.map(({ version }) => version)).toEqual(log.map((_, i) => i));
    expect(state.version).toBe(log.length - 1);
    for (const commit of log) {
      expect(commit.adds).toHaveLength(3);
      expect(commit.entry?.kind).toBe('replace');
    }
    expect(state.files.size).toBe(3 * state.ledger.partitions.size);
    const planned = (await loadLedgers([openTable(store, 'dev', NAME)])).get(NAME);
    expect([...(planned?.partitions ?? [])].sort()).toEqual([...state.ledger.partitions].sort());
  }
  expect(acknowledged.length).toBeGreaterThan(0);
  const log = await readTail(store, 'dev/silver/counter', -1);
  for (const { version, run } of acknowledged) expect(log[version]?.entry?.claim.run).toBe(run);
  // Each kill can leave the one file that was being written, where no listing shows it.
  expect((await readdir(join(folder, '.strata-tmp'))).length).toBeLessThanOrEqual(12);
  for await (const path of store.listPaths('')) expect(path).not.toContain('tmp');
});
