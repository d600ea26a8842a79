import { readdir, readFile, utimes } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareSets } from '../../activities/retrain/prepare-sets.ts';
import { registryOf } from '../../activities/retrain/registry-of.ts';
import { gatherReport } from '../../activities/retrain/report/gather-report.ts';
import type { Version } from '../../core/ledger.ts';
import type { Retraining } from '../../core/retraining.ts';
import { newestCut } from '../../lake/cuts.ts';
import { tableFolder } from '../../lake/layout.ts';
import { putPin, readPins } from '../../lake/pins.ts';
import type { RunningWorker } from '../../workers/worker.ts';
import { strata } from '../cli/strata-process.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { until } from '../workflows/until.ts';
import { Bank, BEFORE, POLICY } from './bank.fixture.ts';

const DAY_MILLIS = 86_400_000;
const TABLES = [
  'bronze.event',
  'bronze.verdict',
  'feature.event',
  'feature.verdict',
  'score.bank_fraud',
  'drift.column',
];
const PROJECT = fileURLToPath(new URL('./bank/project.ts', import.meta.url));

/** Whatever it finds, it passes: what is compared is hardly different. */
const policy = { ...POLICY, confidence: 0, leastGain: -1 };
const common: Partial<Retraining> = {
  policy,
  monitoring: { every: '1 second', for: '1 second', mostLoss: 1 },
  after: undefined,
};
const asking: Partial<Retraining> = {
  ...common,
  policy: { ...policy, approval: { by: 'person', within: '10 minutes', otherwise: 'reject' } },
};

await describeWith(['temporal', 'postgres', 'mongodb'], 'vacuum in a lake with models', (addresses) => {
  let bank: Bank;

  beforeAll(async () => {
    bank = await Bank.open(addresses);
    await bank.live(1, 23, 'before');
    await bank.withWorker(BEFORE, common, async () => {
      await bank.load('2026-01-01', '2026-01-23');
      expect(await bank.retrain()).toMatchObject({ outcome: 'promoted', champion: 1 });
      await score();
    });
  }, 5 * MINUTES);

  afterAll(() => bank?.close());

  const score = async () => (await bank.start('hourly_fraud_detection', {})).result();

  /** A day that the models learn from gets another content; the files that held it are replaced. */
  async function correct(): Promise<void> {
    await bank.db.query(`UPDATE event SET amount = amount + 1 WHERE id = 'e5-1'`);
    await bank.load('2026-01-05', '2026-01-05');
  }

  const filesBelow = async (folder: string): Promise<string[]> => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  };

  /** `strata vacuum`, when everything there is has become old. @returns what it deleted, relative to the lake */
  async function vacuum(): Promise<string[]> {
    const then = new Date(Date.now() - 30 * DAY_MILLIS);
    for (const file of await filesBelow(join(bank.folder, 'lake'))) await utimes(file, then, then);
    const variables = { ...bank.variables, STRATA_PROJECT: PROJECT };
    const { code, stdout, stderr } = await strata(
      { cwd: bank.folder, variables },
      'vacuum',
      '--keep-cuts',
      '1',
      '--json',
    );
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout).files;
  }

  /** The tables hold the files of their newest versions, of the newest cut and of these, and not one more. */
  async function expectFilesOf({ platform }: RunningWorker, ...versions: Readonly<Record<string, Version>>[]) {
    const cut = await newestCut(platform.store, 'dev', 'bank_daily');
    for (const name of TABLES) {
      const folder = join(bank.folder, 'lake', tableFolder('dev', name));
      const newest = await platform.lake.table(name).load();
      const wanted = [newest.version, ...[cut!.versions, ...versions].flatMap((of) => of[name] ?? [])];
      const states = await Promise.all(wanted.map((version) => platform.lake.stateAt(name, version)));
      const named = new Set(states.flatMap(({ files }) => [...files.keys()]));
      const there = (await filesBelow(folder)).map((file) => relative(folder, file));
      const data = there.filter((file) => file.startsWith('_partition='));
      expect(data.sort(), name).toEqual([...named].sort());
      expect(data.length, name).toBeGreaterThan(0);
    }
  }

  /** Its sets, made again from the versions of the tables that it was trained from. */
  async function setsAgain({ platform }: RunningWorker, version: number) {
    const registry = registryOf(platform);
    const { evidence } = await registry.version('bank_fraud', version);
    const { resolved } = JSON.parse(await readFile(join(bank.folder, 'lake', evidence.challenger!.path), 'utf8'));
    const [retraining] = platform.project.retrainings!;
    return prepareSets(platform, registry, retraining!, resolved, new AbortController().signal);
  }

  /** Model, sets and evidence are there, each to the byte what was registered. */
  async function expectWhole({ platform }: RunningWorker, version: number): Promise<void> {
    const { files, test } = await gatherReport(platform, registryOf(platform), 'bank_fraud', version);
    expect(files.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['model', 'set: train', 'set: validation', 'set: test', 'evidence: challenger']),
    );
    expect(files.filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(test.kept).toBe(true);
  }

  const made = async ({ platform }: RunningWorker, version: number) =>
    registryOf(platform).version('bank_fraud', version);

  async function expire({ platform }: RunningWorker, name: string): Promise<void> {
    const pin = (await readPins(platform.store, 'dev')).find((each) => each.name === name)!;
    await putPin(platform.store, 'dev', { ...pin, expiresAt: '2026-01-01T00:00:00.000000Z' });
  }

  test(
    'leaves what a champion was trained from and what a retraining that runs reads, and takes the rest',
    {
      timeout: 4 * MINUTES,
    },
    () =>
      bank.withWorker(BEFORE, asking, async (worker) => {
        await correct();
        await correct();
        const handle = await bank.start('drift_and_retrain', { force: true });
        await until(() => handle.query<boolean>('decisionWanted'));
        const { runId } = await handle.describe();
        const [first, second] = [await made(worker, 1), await made(worker, 2)];
        const running = (await readPins(worker.platform.store, 'dev')).find(({ name }) => name.endsWith(runId));
        expect(running?.versions).toEqual(second.trainedFrom);
        await correct();
        await correct();
        const deleted = await vacuum();
        expect(deleted.filter((path) => path.startsWith('dev/feature/event/_partition=2026-01-05/'))).toHaveLength(2);
        await expectFilesOf(worker, first.trainedFrom, second.trainedFrom);
        for (const version of [first, second]) {
          expect(await setsAgain(worker, version.version)).toMatchObject(version.sets);
          await expectWhole(worker, version.version);
        }
        await handle.executeUpdate('decide', { args: [{ approve: true, who: 'Ada', why: 'a day was corrected' }] });
        expect(await handle.result()).toMatchObject({ outcome: 'unproven', champion: 2 });
      }),
  );

  test(
    'takes what a former champion was trained from when its pin expires, and leaves its sets and evidence',
    {
      timeout: 4 * MINUTES,
    },
    () =>
      bank.withWorker(BEFORE, common, async (worker) => {
        // By another champion all days are scored again: what it replaces is needed no more.
        await score();
        const [first, second] = [await made(worker, 1), await made(worker, 2)];
        const replaced = await vacuum();
        expect(replaced.length).toBeGreaterThan(0);
        expect(replaced.filter((path) => !path.startsWith('dev/score/bank_fraud/_partition='))).toEqual([]);
        expect(await setsAgain(worker, 1)).toMatchObject(first.sets);

        await expire(worker, 'model/bank_fraud/1');
        await expire(worker, 'model/bank_fraud/2');
        expect(await vacuum()).toEqual([expect.stringContaining('dev/feature/event/_partition=2026-01-05/')]);
        await expectFilesOf(worker, second.trainedFrom);
        expect(await setsAgain(worker, 2)).toMatchObject(second.sets);
        await expect(setsAgain(worker, 1)).rejects.toThrow('No files found');
        for (const version of [1, 2]) await expectWhole(worker, version);
      }),
  );

  test('takes the rest when nobody serves', { timeout: 4 * MINUTES }, () =>
    bank.withWorker(BEFORE, common, async (worker) => {
      const signed = { who: 'Ada', why: 'given up' };
      await registryOf(worker.platform).move('bank_fraud', { alias: 'champion', from: 2, to: null, ...signed });
      const deleted = await vacuum();
      expect(deleted).toEqual([expect.stringContaining('dev/feature/event/_partition=2026-01-05/')]);
      await expectFilesOf(worker);
      expect(await vacuum()).toEqual([]);
      for (const version of [1, 2]) await expectWhole(worker, version);
    }),
  );
});
