import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { registryOf } from '../../activities/retrain/registry-of.ts';
import type { RetrainingPolicy } from '../../core/retraining.ts';
import { workflowIds } from '../../core/workflow-ids.ts';
import type { RetrainingState } from '../../workflows/messages.ts';
import { MINUTES } from '../patience.ts';
import { AFTER, Bank, POLICY } from '../retrain/bank.fixture.ts';
import { describeWith } from '../servers.ts';
import { until } from '../workflows/until.ts';
import { type Place, strata } from './strata-process.ts';

const PROJECT = fileURLToPath(new URL('../retrain/bank/project.ts', import.meta.url));
const ID = workflowIds.retrain('dev', 'bank_fraud', '2026-02-18');

// Each command is a process of its own, and two cores run servers and a worker beside it.
vi.setConfig({ testTimeout: 4 * MINUTES });

const asks = (within: string, otherwise: 'approve' | 'reject'): RetrainingPolicy => ({
  ...POLICY,
  confidence: 0,
  approval: { by: 'person', within, otherwise },
});
const patient = { policy: asks('1 hour', 'reject'), monitoring: { every: '1 hour', for: '1 hour', mostLoss: 1 } };
const quick = { every: '1 second', for: '1 second', mostLoss: 1 };

await describeWith(['temporal', 'postgres', 'mongodb'], 'a retraining by the strata command', (addresses) => {
  let bank: Bank;
  let place: Place;

  beforeAll(async () => {
    bank = await Bank.drifted(addresses);
    place = { cwd: bank.folder, variables: { ...bank.variables, STRATA_PROJECT: PROJECT, STRATA_NOW: AFTER } };
  }, 5 * MINUTES);

  afterAll(() => bank?.close());

  const cli = (...args: string[]) => strata(place, 'retrain', ...args);
  const ends = async (code: number, text: string, ...args: string[]) => {
    const ended = await cli(...args);
    expect({ code: ended.code, said: ended.stdout + ended.stderr }).toEqual({
      code,
      said: expect.stringContaining(text),
    });
  };
  const handle = () => bank.client.workflow.getHandle(ID);
  const state = async () => (await handle().query<RetrainingState>('retraining')).state;
  const reaches = (wanted: string) => until(async () => (await state()) === wanted);
  const start = () => ends(0, `started ${ID}`, 'start', 'bank_fraud', '--force', '--no-watch');

  test('asked for, decided too early, looked at, approved, decided again, cancelled', async () => {
    // Nobody serves yet: the decision waits beside the start, and both are the first that the worker sees.
    await start();
    const decision = { approve: true, who: 'ada', why: 'I know already' };
    const early = handle()
      .executeUpdate('decide', { args: [decision] })
      .catch(({ cause }) => cause.message);
    await bank.withWorker(AFTER, patient, async ({ platform }) => {
      expect(await early).toMatch(/^No decision is wanted, it is /);
      await ends(0, 'A person decides', 'start', 'bank_fraud', '--force');
      await ends(0, 'waiting for approval', 'describe', ID);
      const listed = await cli('ls', '--json');
      expect(JSON.parse(listed.stdout)).toMatchObject([{ workflowId: ID, status: 'running' }, { status: 'completed' }]);
      await ends(2, 'A decision is {"approve"', 'approve', ID, '--why', ' ');
      await ends(0, 'approved by ada', 'approve', ID, '--why', 'fewer false alerts', '--who', 'ada');
      await reaches('watching');
      await ends(2, 'It is decided already, by ada', 'reject', ID, '--why', 'I think not');
      await ends(0, 'asked to end', 'cancel', ID);
      await expect(handle().result()).rejects.toThrow();
      await ends(0, 'cancelled', 'describe', ID);
      const registry = registryOf(platform);
      expect(await registry.alias('bank_fraud', 'champion')).toBe(2);
      expect(
        (await registry.history('bank_fraud')).findLast((e) => e.kind === 'moved' && e.alias === 'champion'),
      ).toMatchObject({ to: 2, who: 'ada', why: 'fewer false alerts' });
    });
  });

  test('rejected; and cancelled while it waits: the champion stays, no challenger is left', () =>
    bank.withWorker(AFTER, patient, async ({ platform }) => {
      const registry = registryOf(platform);
      await start();
      await reaches('waiting for approval');
      await ends(0, 'rejected by ada', 'reject', ID, '--why', 'too soon', '--who', 'ada');
      expect(await handle().result()).toMatchObject({ outcome: 'refused', champion: 2, decision: { who: 'ada' } });
      await ends(2, 'or it is over', 'approve', ID, '--why', 'after all');
      await start();
      await reaches('waiting for approval');
      expect(await registry.alias('bank_fraud', 'challenger')).toBe(4);
      await ends(0, 'asked to end', 'cancel', ID);
      await expect(handle().result()).rejects.toThrow();
      expect(await registry.alias('bank_fraud', 'challenger')).toBeNull();
      expect(await registry.alias('bank_fraud', 'champion')).toBe(2);
      const { evidence } = await registry.version('bank_fraud', 4);
      expect(JSON.parse((await platform.store.getText(evidence.outcome!.path))!)).toMatchObject({
        ending: 'cancelled',
      });
    }));

  test.each([
    ['approve', { outcome: 'unproven', champion: 5 }],
    ['reject', { outcome: 'refused', champion: 5 }],
  ] as const)('nobody decides in time: what was agreed to is done (%s)', (otherwise, ended) =>
    bank.withWorker(AFTER, { policy: asks('1 second', otherwise), monitoring: quick }, async () => {
      expect(await bank.retrain({ force: true })).toMatchObject({
        ...ended,
        decision: { approve: otherwise === 'approve', who: 'policy', why: 'nobody decided within 1 second' },
      });
    }),
  );

  test.each([
    ['an unknown model', 'bank_fraud', ['start', 'bank_frau']],
    ['a day to come', 'not after today', ['start', 'bank_fraud', '--as-of', '2027-01-01']],
    ['no day', 'Write a UTC date like', ['start', 'bank_fraud', '--as-of', 'yesterday']],
    ['the id of something else', 'Not the id of a retraining', ['describe', 'run/dev/bank_daily/2026-01-01']],
    ['an unknown id', 'There is no retraining', ['describe', 'retrain/dev/bank_fraud/2020-01-01']],
    ['an unknown id to cancel', 'There is no retraining', ['cancel', 'retrain/dev/bank_fraud/2020-01-01']],
    ['no reason', '--why', ['approve', ID]],
  ])('refuses %s and says what is valid', (_, words, args) => ends(2, words, ...args));
});
