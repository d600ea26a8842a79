import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadModel } from '../../activities/retrain/load-model.ts';
import { registryOf } from '../../activities/retrain/registry-of.ts';
import { gatherReport } from '../../activities/retrain/report/gather-report.ts';
import { watchChampion } from '../../activities/retrain/watch-champion.ts';
import type { Retraining } from '../../core/retraining.ts';
import { averagePrecision } from '../../ml/metrics.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { failureOf } from '../workflows/failure-of.ts';
import { fraud } from './bank/project.ts';
import { AFTER, Bank, POLICY } from './bank.fixture.ts';

const quick = { every: '1 second', for: '1 second', mostLoss: 1 };
const common: Partial<Retraining> = { policy: POLICY, monitoring: quick, after: undefined };

await describeWith(['temporal', 'postgres', 'mongodb'], 'features that are no longer the same', (addresses) => {
  let source: Bank;

  beforeAll(async () => {
    source = await Bank.drifted(addresses);
  }, 5 * MINUTES);

  afterAll(() => source?.close());

  const score = async (bank: Bank) => (await bank.start('hourly_fraud_detection', {})).result();

  /** By the champion's own signature, from the bank's database. */
  async function testedAgain(bank: Bank, model: Awaited<ReturnType<typeof loadModel>>): Promise<number> {
    const { rows } = await bank.db.query<{ amount: number; pace: number | null; shop: string; fraud: boolean }>(
      `SELECT amount, pace, shop, EXISTS (
         SELECT 1 FROM verdict WHERE event_id = event.id AND is_fraud AND known_at < '2026-02-18Z') AS fraud
       FROM event WHERE happened_at >= '2026-02-11Z' AND happened_at < '2026-02-15Z'`,
    );
    const columns = model.version.signature.map((feature) => ({
      ...feature,
      values: Float64Array.from(rows, (row) => {
        const value = row[feature.name as 'amount' | 'pace' | 'shop'];
        return typeof value === 'string' ? feature.labels!.indexOf(value) : (value ?? Number.NaN);
      }),
    }));
    const scores = model.model.predict({ columns, rows: rows.length });
    return averagePrecision(
      scores,
      Uint8Array.from(rows, (row) => Number(row.fraud)),
    );
  }

  test('a champion is judged, watched and used by the columns that it was trained on', {
    timeout: 3 * MINUTES,
  }, async () => {
    const bank = await source.fork();
    // One is new, one is gone from the list though not from the table, and the order is another.
    const changes = { ...common, numeric: ['fixed', 'amount'], categorical: ['shop'] };
    await bank.withWorker(AFTER, changes, async ({ platform }) => {
      const registry = registryOf(platform);
      expect(await score(bank)).toMatchObject({ outcome: 'scored', champion: 1, rows: 3 * 160 });
      const { outcome, champion, drift, comparison } = await bank.retrain();
      expect({ outcome, champion, passes: comparison?.passes }).toEqual({
        outcome: 'unproven',
        champion: 2,
        passes: true,
      });
      expect(drift).toMatchObject({ features: 3, problem: null, drifted: expect.arrayContaining(['amount']) });
      const { signature, evidence } = await registry.version('bank_fraud', 2);
      expect(signature.map(({ name }) => name)).toEqual(['fixed', 'amount', 'shop']);
      const kept = JSON.parse(await readFile(join(bank.folder, 'lake', evidence.comparison!.path), 'utf8'));
      const before = await loadModel(registry, 'bank_fraud', 1);
      expect(before.version.signature.map(({ name }) => name)).toEqual(['amount', 'pace', 'shop']);
      expect(kept.champion.averagePrecision).toBeCloseTo(await testedAgain(bank, before), 12);
      const { test } = await gatherReport(platform, registry, 'bank_fraud', 2);
      expect(test).toMatchObject({ kept: true, value: { champion: { version: 1 }, challenger: { version: 2 } } });
      expect(await score(bank)).toMatchObject({ outcome: 'scored', champion: 2, rows: 3 * 160 });
    });
  });

  test('a champion whose column is gone: nothing can be told or compared, a person decides, and nothing crashes', {
    timeout: 3 * MINUTES,
  }, async () => {
    const bank = await source.fork();
    const columns = fraud.features.columns.filter(({ name }) => name !== 'pace');
    const features = { ...fraud.features, columns, sql: 'event-without-pace.sql' };
    const loss = 'version 1 needs pace, which feature.event no longer has';
    await bank.withWorker(AFTER, { ...common, features, numeric: ['amount'] }, async ({ platform }) => {
      const registry = registryOf(platform);
      expect(await bank.retrain()).toMatchObject({ outcome: 'cannot_tell', champion: 1, drift: { problem: loss } });
      expect(bank.told).toMatchObject([{ event: 'cannot_tell', text: expect.stringContaining(loss) }]);

      const forced = await bank.retrain({ force: true });
      const byHand = 'strata model promote bank_fraud 2';
      expect(forced).toMatchObject({
        ...{ outcome: 'refused', champion: 1, challenger: { version: 2 }, decision: { approve: false, who: 'policy' } },
        comparison: { passes: false, findings: [expect.stringMatching(`comparable fails: ${loss}.*${byHand}`)] },
      });
      expect(await registry.alias('bank_fraud', 'champion')).toBe(1);
      const { test, comparison } = await gatherReport(platform, registry, 'bank_fraud', 2);
      expect(test).toMatchObject({ kept: true, value: { champion: null, challenger: { version: 2 } } });
      expect(comparison).toMatchObject({ kept: true, value: { gates: [{ gate: 'comparable', passes: false }] } });
      expect((await failureOf(score(bank))).message).toContain(`bank_fraud cannot score: ${loss}`);

      const signed = { who: 'Ada', why: 'the column is gone' };
      await registry.move('bank_fraud', { alias: 'champion', from: 1, to: 2, ...signed });
      expect(await score(bank)).toMatchObject({ outcome: 'scored', champion: 2, rows: 3 * 160 });
      const retraining = platform.project.retrainings![0]!;
      const step = { resolved: {} as never, champion: 2, former: 1, round: 1 };
      const watched = await watchChampion(platform, registry, retraining, step, new AbortController().signal);
      expect(watched).toMatchObject({ says: 'too_early', finding: loss, holder: 2 });
    });
  });
});
