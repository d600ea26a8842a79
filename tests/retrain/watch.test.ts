import { afterAll, beforeAll, expect, test } from 'vitest';
import { registryOf } from '../../activities/retrain/registry-of.ts';
import type { RetrainingState } from '../../workflows/messages.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { until } from '../workflows/until.ts';
import { Bank, POLICY } from './bank.fixture.ts';

const policy = { ...POLICY, confidence: 0 };
const monitoring = { every: '1 second', for: '1 second', mostLoss: 0.05 };

/** As of the 18th, looked at ten days later: by then the labels of a week have come. */
const AS_OF = '2026-02-18';
const LATER = '2026-02-28T02:00:00Z';
/** The fraud has gone back to where it was. */
const BACK = '2026-03-22T02:00:00Z';

await describeWith(['temporal', 'postgres', 'mongodb'], 'a new champion that is watched', (addresses) => {
  let bank: Bank;

  beforeAll(async () => {
    bank = await Bank.drifted(addresses);
    await bank.live(49, 58, 'after');
    await bank.withWorker(LATER, { after: undefined }, () => bank.load('2026-02-18', '2026-02-27'));
  }, 5 * MINUTES);

  afterAll(() => bank?.close());

  const lastWatch = async (workflowId: string) => {
    const { lines } = await bank.client.workflow.getHandle(workflowId).query<RetrainingState>('retraining');
    return lines.findLast(({ step }) => step.startsWith('watch'))?.result;
  };

  test('is fine where the world stays as it learned it', { timeout: 2 * MINUTES }, () =>
    bank.withWorker(LATER, { policy, monitoring }, async () => {
      const handle = await bank.start('drift_and_retrain', { asOf: AS_OF }, 'fine');
      expect(await handle.result()).toMatchObject({ outcome: 'promoted', champion: 2 });
      expect(await lastWatch('fine')).toMatch(/^fine: average precision .* alerts .* beside .* scores /);
    }),
  );

  test('is superseded when somebody moves the alias meanwhile', { timeout: 2 * MINUTES }, () =>
    bank.withWorker(LATER, { policy, monitoring: { ...monitoring, for: '5 minutes' } }, async ({ platform }) => {
      const handle = await bank.start('drift_and_retrain', { asOf: AS_OF, force: true }, 'superseded');
      await until(async () => (await handle.query<RetrainingState>('retraining')).state === 'watching');
      const registry = registryOf(platform);
      const move = { alias: 'champion', from: 3, to: 1, who: 'Ada', why: 'back to the first' } as const;
      await registry.move('bank_fraud', move);
      expect(await handle.result()).toMatchObject({ outcome: 'superseded', champion: 1 });
      expect(await registry.alias('bank_fraud', 'champion')).toBe(1);
      expect(bank.told.at(-1)).toMatchObject({ event: 'superseded' });
    }),
  );

  test('is taken back when the fraud moves and the former one is better', { timeout: 3 * MINUTES }, async () => {
    await bank.live(59, 80, 'before');
    await bank.withWorker(BACK, { policy, monitoring, after: undefined }, async ({ platform }) => {
      await bank.load('2026-02-28', '2026-03-21');
      const handle = await bank.start('drift_and_retrain', { asOf: AS_OF, force: true }, 'worse');
      expect(await handle.result()).toMatchObject({ outcome: 'rolled_back', champion: 1 });
      expect(await lastWatch('worse')).toMatch(/^worse: .* of version 1, \d+ positives; .* scores /);
      const registry = registryOf(platform);
      expect(await registry.alias('bank_fraud', 'champion')).toBe(1);
      const moves = (await registry.history('bank_fraud')).filter((e) => e.kind === 'moved' && e.alias === 'champion');
      expect(moves.slice(-2)).toMatchObject([
        { from: 1, to: 4 },
        { from: 4, to: 1, who: 'drift_and_retrain' },
      ]);
      expect(bank.told.at(-1)).toMatchObject({ event: 'rolled_back' });
    });
  });
});
