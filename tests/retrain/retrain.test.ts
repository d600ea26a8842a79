import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registryOf } from '../../activities/retrain/registry-of.ts';
import { readPins } from '../../lake/pins.ts';
import type { RetrainingState } from '../../workflows/messages.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { failureOf } from '../workflows/failure-of.ts';
import { until } from '../workflows/until.ts';
import { AFTER, Bank, BEFORE, POLICY } from './bank.fixture.ts';

await describeWith(['temporal', 'postgres', 'mongodb'], 'drift and retraining', (addresses) => {
  let bank: Bank;

  beforeAll(async () => {
    bank = await Bank.open(addresses);
    await bank.live(1, 23, 'before');
  }, MINUTES);

  afterAll(() => bank?.close());

  test(
    'a night starts it: the first model is trained without drift; without drift nothing happens',
    { timeout: 3 * MINUTES },
    () =>
      bank.withWorker(BEFORE, {}, async ({ platform }) => {
        await bank.load('2026-01-01', '2026-01-23');
        const first = await bank.startedByNight('2026-01-24').result();
        const { runId } = await bank.startedByNight('2026-01-24').describe();
        expect(first).toMatchObject({ outcome: 'promoted', champion: 1, drift: { drifted: [] } });
        // Half of the amounts of a certain size are fraud, and two of a hundred of the others: no model ranks much better.
        expect(first.challenger!.metrics.averagePrecision).toBeGreaterThan(0.3);
        expect(await registryOf(platform).alias('bank_fraud', 'champion')).toBe(1);
        await bank.load('2026-01-01', '2026-01-23');
        expect(
          (await bank.startedByNight('2026-01-24').describe()).runId,
          'the same night again looks no second time',
        ).toBe(runId);
        const again = await bank.retrain();
        expect(again).toMatchObject({ outcome: 'no_drift', champion: 1 });
        expect(bank.told.map(({ event }) => event)).toEqual(['drift', 'promoted']);
      }),
  );

  test('drift starts a training; a person refuses it, and the champion stays', { timeout: 3 * MINUTES }, async () => {
    await bank.live(24, 48, 'after');
    const policy = { ...POLICY, approval: { by: 'person', within: '10 minutes', otherwise: 'approve' } } as const;
    await bank.withWorker(AFTER, { policy }, async ({ platform }) => {
      await bank.load('2026-01-24', '2026-02-17');
      const handle = bank.startedByNight('2026-02-18');
      const waiting = await until(async () => {
        const state = await handle.query<RetrainingState>('retraining');
        return state.state === 'waiting for approval' ? state : undefined;
      });
      const drift = waiting.lines.find(({ step }) => step === 'drift');
      expect(drift?.result).toMatch(/features: .*amount/);
      expect(drift?.result).toContain('shop');
      // The score, the labels that had time to come and the champion's performance are looked at too.
      const page = await readFile(join(bank.folder, 'lake', drift!.evidence!), 'utf8');
      for (const text of ['_score', '_target', '>Performance<', 'Average precision by period'])
        expect(page).toContain(text);
      const decide = (approve: boolean, who: string, why: string) =>
        handle.executeUpdate('decide', { args: [{ approve, who, why }] });
      await expect(decide(true, '', '')).rejects.toThrow();
      await decide(false, 'Ada', 'too soon');
      expect(await handle.result()).toMatchObject({
        outcome: 'refused',
        champion: 1,
        decision: { approve: false, who: 'Ada' },
      });
      expect(await registryOf(platform).alias('bank_fraud', 'champion')).toBe(1);
      expect(await registryOf(platform).alias('bank_fraud', 'challenger')).toBeNull();
    });
  });

  test('by policy the better challenger is champion, with evidence of every step', { timeout: 3 * MINUTES }, () =>
    bank.withWorker(AFTER, {}, async ({ platform }) => {
      const told = bank.told.length;
      await bank.load('2026-01-30', '2026-01-30');
      const next = await bank.retrain({ model: 'bank_fraud' });
      expect(next).toMatchObject({ outcome: 'unproven', champion: 3, comparison: { passes: true } });
      expect(bank.told.slice(told).map(({ event }) => event)).toEqual(['drift', 'promoted', 'unproven']);
      const registry = registryOf(platform);
      const history = await registry.history('bank_fraud');
      expect(history.filter((event) => event.kind === 'moved' && event.alias === 'champion')).toMatchObject([
        { from: null, to: 1 },
        { from: 1, to: 3, who: 'policy' },
      ]);
      const version = await registry.version('bank_fraud', 3);
      expect(version.trainedFrom).toHaveProperty(['feature.event']);
      expect(version.learnedFrom).toMatchObject({
        start: expect.stringContaining('2026-01-26'),
        contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      expect(Object.keys(version.evidence).sort()).toEqual([
        'challenger',
        'comparison',
        'decision',
        'drift',
        'outcome',
        'watch-1',
        'watch-2',
      ]);
      for (const { path } of [...Object.values(version.evidence), ...Object.values(version.sets)]) {
        expect(existsSync(join(bank.folder, 'lake', path)), path).toBe(true);
      }
      const kept = async (name: string, of = version) =>
        JSON.parse(await readFile(join(bank.folder, 'lake', of.evidence[name]!.path), 'utf8'));
      expect(await kept('decision')).toMatchObject({ version: 3, champion: 1, approve: true, who: 'policy' });
      expect(await kept('outcome')).toMatchObject({ ending: 'unproven', version: 3, former: 1 });
      expect(await kept('watch-2')).toMatchObject({ says: 'too_early', averagePrecision: null });
      // The first champion had nobody beside it, and the one that Ada refused was not promoted: both are told all the same.
      expect(await kept('comparison', await registry.version('bank_fraud', 1))).toMatchObject({ champion: null });
      const refused = await registry.version('bank_fraud', 2);
      expect(await kept('decision', refused)).toMatchObject({ approve: false, who: 'Ada', why: 'too soon' });
      expect(await kept('outcome', refused)).toMatchObject({ ending: 'refused' });
      // What it learned from stays readable; what ran is over.
      const pins = await readPins(platform.store, 'dev');
      expect(pins.map(({ name }) => name)).toEqual(['model/bank_fraud/1', 'model/bank_fraud/2', 'model/bank_fraud/3']);
      expect(pins[2]!.versions).toEqual(version.trainedFrom);
      // The run of an old day starts nothing.
      await expect(bank.startedByNight('2026-01-31').describe()).rejects.toThrow();
    }),
  );

  test('it is found by what it is about, where it stands, and the days it goes by', async () => {
    const { typedSearchAttributes } = await bank.startedByNight('2026-02-18').describe();
    const said = Object.values(SEARCH_ATTRIBUTES).map((key) => typedSearchAttributes.get(key));
    expect(said).toEqual(['retrain bank_fraud', undefined, 'dev', '2026-01-26', '2026-02-18', 'refused']);
  });

  test('beside the days before, the new world is the usual one', { timeout: 3 * MINUTES }, () =>
    bank.withWorker(
      AFTER,
      {
        drift: {
          reference: { kind: 'rolling', length: '6 days' },
          leastTargetEffect: 0.1,
          triggers: ['features', 'target'],
        },
      },
      async () => {
        const { outcome, drift } = await bank.retrain();
        expect(outcome).toBe('no_drift');
        expect(drift.reference).toBe('the 6 days before [2026-02-09, 2026-02-15)');
        expect(drift.rows).toEqual({ reference: 6 * 160, current: 3 * 160 });
      },
    ),
  );

  test(
    'new payments are scored, with rules and reasons, into the lake and the documents, once',
    {
      timeout: 3 * MINUTES,
    },
    () =>
      bank.withWorker(AFTER, {}, async ({ platform }) => {
        const { rows } = await bank.db.query<{ id: string; amount: number }>(
          "SELECT id, amount FROM event WHERE happened_at >= '2026-02-15' AND happened_at < '2026-02-18'",
        );
        const payments = bank.desk.collection('payment');
        // One payment has no document: scored in the lake, and told.
        await payments.insertMany(rows.slice(1).map(({ id }) => ({ event_id: id, note: 'as it was' })));
        const scoring = async () => (await bank.start('hourly_fraud_detection', {})).result();
        const done = await scoring();
        expect(done).toMatchObject({
          champion: 3,
          days: 3,
          rows: rows.length,
          written: rows.length - 1,
          missing: 1,
        });
        const { threshold } = await registryOf(platform).version('bank_fraud', 3);
        const documents = await payments.find({}).toArray();
        for (const { id, amount } of rows.slice(1)) {
          const document = documents.find(({ event_id }) => event_id === id)!;
          const alert = amount < 1 ? false : amount > 190 || document.score >= threshold;
          expect(document, id).toMatchObject({ alert, scoredBy: 'bank_fraud 3', note: 'as it was' });
          expect(document.score).toBeGreaterThanOrEqual(0);
          if (!alert) expect(document.reasons).toEqual([]);
        }
        expect(documents.filter(({ alert }) => alert).length).toBeGreaterThan(0);
        expect(await scoring()).toMatchObject({ days: 0, rows: 0, written: 0 });
        // What somebody else wrote over it is put right, and only that.
        await payments.updateOne({ event_id: rows[1]!.id }, { $set: { score: -1 } });
        expect(await scoring()).toMatchObject({ days: 0, written: 1 });
      }),
  );

  test(
    'a damaged champion, a test set that it learned from and wrong input end it with a reason; the champion stays',
    {
      timeout: 3 * MINUTES,
    },
    () =>
      bank.withWorker(AFTER, {}, async ({ platform }) => {
        const { artifact } = await registryOf(platform).version('bank_fraud', 3);
        const file = join(bank.folder, 'lake', artifact.path);
        const bytes = await readFile(file);
        await writeFile(file, Buffer.concat([bytes, Buffer.from('x')]));
        const damaged = await failureOf(bank.retrain({ force: true }));
        expect(damaged.message).toContain('its hash differs');
        await writeFile(file, bytes);
        const seen = await failureOf(bank.retrain({ force: true, asOf: '2026-02-01' }));
        expect(seen.message).toContain('The champion, version 3, learned from rows up to 2026-02-11');
        expect((await failureOf(bank.retrain({ model: 'bank_frau' }))).message).toContain('bank_fraud');
        expect((await failureOf(bank.retrain({ asOf: '2027-01-01' }))).message).toContain('not after today');
        expect(await registryOf(platform).alias('bank_fraud', 'champion')).toBe(3);
      }),
  );
});
