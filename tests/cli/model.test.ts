import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { FileStore } from '../../lake/file-store.ts';
import { LakeRegistry } from '../../ml/lake-registry.ts';
import { made } from '../ml/registry.contract.ts';
import { MINUTES } from '../patience.ts';
import { registerTwo } from '../retrain/reported.fixture.ts';
import { SHOP_PROJECT, strata } from './strata-process.ts';

// Each command is a process of its own; on a busy machine its start takes a while.
vi.setConfig({ testTimeout: 4 * MINUTES });

const cwd = mkdtempSync(join(tmpdir(), 'strata-model-'));
const lake = join(cwd, '.strata/lake');
afterAll(() => rmSync(cwd, { recursive: true, force: true }));
const run = (...args: string[]) => strata({ cwd }, 'model', ...args, '--project', SHOP_PROJECT);
const registry = new LakeRegistry(new FileStore(lake), 'dev', () => '2026-11-22T01:02:03.000000Z');

beforeAll(async () => {
  for (const by of ['run-1', 'run-2']) await registry.register('fraud', await made(new FileStore(lake), by));
  await registerTwo(new FileStore(lake), registry);
});

test('a version is promoted, another one, and the first comes back; all of it is told', async () => {
  const first = await run('promote', 'fraud', '1', '--why', 'the first', '--who', 'ada', '--yes');
  expect([first.code, first.stdout]).toEqual([0, 'champion of fraud: nobody -> version 1\n']);
  await run('promote', 'fraud', '2', '--why', 'better', '--who', 'ada', '--yes');
  expect(await registry.alias('fraud', 'champion')).toBe(2);
  const back = await run('rollback', 'fraud', '--why', 'alerts doubled', '--who', 'bob', '--yes', '--json');
  expect(JSON.parse(back.stdout)).toMatchObject({ model: 'fraud', from: 2, to: 1, who: 'bob', why: 'alerts doubled' });
  const { stdout } = await run('history', 'fraud');
  const moves = stdout
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => line.slice(21));
  expect(moves).toEqual([
    'champion: nobody -> version 1, by ada: the first',
    'champion: version 1 -> version 2, by ada: better',
    'champion: version 2 -> version 1, by bob: alerts doubled',
  ]);
});

test('lists and shows', async () => {
  const all = await run('ls', '--json');
  expect(JSON.parse(all.stdout)).toMatchObject([
    { model: 'card_fraud', champion: 1, challenger: 2 },
    { model: 'fraud', champion: 1, challenger: null },
  ]);
  const versions = await run('ls', 'fraud');
  expect(versions.stdout).toContain('champion');
  expect(versions.stdout).toContain('averagePrecision');
  const shown = await run('show', 'fraud');
  expect(shown.stdout).toContain('fraud version 1, registered');
  expect(shown.stdout).toContain('sha256 as registered');
  expect(shown.stdout).toContain('gold.features  version 12');
  expect(shown.stdout).toContain('learned from: 2026-01-01 to 2026-02-01, content ');
});

test('what cannot be done is refused, and nothing moves', async () => {
  const before = await registry.history('fraud');
  const refusals = await Promise.all([
    run('show', 'fruad'),
    run('promote', 'fraud', '9', '--why', 'x', '--yes'),
    run('promote', 'fraud', 'two', '--why', 'x', '--yes'),
    run('promote', 'fraud', '2', '--why', ' ', '--yes'),
    run('rollback', 'fraud', '--why', 'further', '--yes'),
    run('promote', 'fraud', '2', '--why', 'nobody answers'),
  ]);
  const late = await run('promote', 'fraud', '2', '--expect', '2', '--why', 'compared with 2', '--yes');
  expect([late.code, late.stderr]).toEqual([1, expect.stringContaining('is version 1, not version 2')]);
  expect(refusals.map(({ code, stdout }) => [code, stdout])).toEqual(refusals.map(() => [2, '']));
  expect(refusals[0]!.stderr).toContain('fraud');
  writeFileSync(join(lake, 'made/run-2.txt'), 'another model');
  const damaged = await run('promote', 'fraud', '2', '--why', 'x', '--yes');
  expect([damaged.code, damaged.stderr]).toEqual([1, expect.stringContaining('hash')]);
  expect((await run('show', 'fraud', '2')).code).toBe(1);
  expect(await registry.history('fraud')).toEqual(before);
});

test('the report tells how a version stands, from evidence that is checked', async () => {
  const page = join(cwd, 'report.html');
  const report = (...args: string[]) => run('report', 'card_fraud', ...args, '--out', page);
  const waiting = await report('2', '--json');
  expect([waiting.code, waiting.stderr]).toEqual([0, '']);
  const { comparison, test: tested, ...figures } = JSON.parse(waiting.stdout);
  expect(figures).toMatchObject({
    version: 2,
    standing: 'challenger',
    problems: [],
    drift: { drifted: ['amount', 'shop'] },
  });
  // Scored again from the files, as it was when they were compared.
  expect(tested.challenger.averagePrecision).toBeCloseTo(comparison.challenger.averagePrecision, 12);
  expect(tested.champion.averagePrecision).toBeCloseTo(comparison.champion.averagePrecision, 12);
  const html = () => readFileSync(page, 'utf8');
  for (const text of [
    'Version 2 is a candidate and not in use',
    'the model in use had learned: <b>amount</b>, <b>shop</b>',
    'are, to the byte, what was written',
    'aria-label="Precision and recall',
    'aria-label="Fraud found',
    'aria-label="Reliability',
    'shop: <b>kiosk</b>',
    'from a probability of <b>50.0\u00a0%</b>',
    '2026-01-28 to 2026-02-03',
    '<td class="number">41</td>',
    'pace: &lt;every value is missing&gt;',
  ]) {
    expect(html()).toContain(text);
  }
  expect(html()).not.toMatch(/<script|<link|<img|https?:|url\(|NaN|undefined|Infinity|\[object/);

  await registry.move('card_fraud', { alias: 'challenger', from: 2, to: null, who: 'Bob <3', why: 'too many alerts' });
  expect((await report('2')).code).toBe(0);
  expect(html()).toContain('Version 2 was refused and was never in use');
  expect(html()).toContain('<b>Bob &lt;3</b>: “too many alerts”');

  const moves = [
    { from: 1, to: 2, who: 'ada', why: 'needed after all' },
    { from: 2, to: 1, who: 'drift_and_retrain', why: 'average precision 0.2 beside 0.5' },
  ];
  for (const move of moves) await registry.move('card_fraud', { alias: 'champion', ...move });
  await report('2');
  expect(html()).toContain('was taken back');
  expect(html()).toContain('average precision 0.2 beside 0.5');
});

test('a report without evidence says what is missing; of a version that is not there, there is none', async () => {
  const bare = await run('report', 'card_fraud');
  expect([bare.code, bare.stderr]).toEqual([0, '']);
  expect(bare.stdout).toContain('Version 1 is in use.');
  expect(bare.stdout).toContain('The registry names no test set.');
  const wrong = await Promise.all([
    run('report', 'card_fraud', '9'),
    run('report', 'card_froud'),
    run('report', 'card_fraud', '1', '--out', join(cwd, 'nowhere', 'page.html')),
  ]);
  expect(wrong.map(({ code, stdout }) => [code, stdout])).toEqual(wrong.map(() => [2, '']));
  expect(wrong[0]!.stderr).toContain('Versions are: 1, 2.');
});

test('damaged evidence is said on the page and by the exit code, and nothing rests on it', async () => {
  const { sets, evidence } = await registry.version('card_fraud', 2);
  appendFileSync(join(lake, sets.test!.path), 'x');
  rmSync(join(lake, evidence.comparison!.path));
  const { code, stdout, stderr } = await run('report', 'card_fraud', '2');
  expect(code).toBe(1);
  expect(stderr).toContain('set: test cannot be trusted');
  expect(stderr).toContain('evidence: comparison cannot be trusted');
  expect(stdout).toContain('2 of 7 files of evidence cannot be trusted');
  expect(stdout).toContain('its hash differs');
  expect(stdout).not.toContain('aria-label="Reliability');
  expect(stdout).not.toContain('shop: <b>kiosk</b>');
});

test('a project without a model has nothing to score', async () => {
  const { code, stdout, stderr } = await strata({ cwd }, 'score', '--project', SHOP_PROJECT);
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('no model')]);
});
