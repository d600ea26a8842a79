import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registryOf } from '../../activities/retrain/registry-of.ts';
import { scheduleOptions } from '../../cli/schedule-plan.ts';
import { scheduledNamed } from '../../core/scheduled.ts';
import type { RetrainingSummary } from '../../workflows/retrain.workflow.ts';
import type { ScoringSummary } from '../../workflows/score.workflow.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.ts';
import { strata } from '../cli/strata-process.ts';
import { MINUTES } from '../patience.ts';
import project, { fraud } from '../retrain/bank/project.ts';
import { Bank } from '../retrain/bank.fixture.ts';
import { describeWith } from '../servers.ts';
import { failureOf } from '../workflows/failure-of.ts';
import { until } from '../workflows/until.ts';
import { scoring } from './bank.scoring.ts';
import { HoldingProxy } from './holding-proxy.ts';
import { scoreRows } from './score-rows.ts';

/** The day of the 24th runs; the nights loaded up to the 23rd. */
const NOW = '2026-01-24T10:00:00Z';

await describeWith(['temporal', 'postgres', 'mongodb'], 'scoring', (addresses) => {
  let bank: Bank;

  beforeAll(async () => {
    bank = await Bank.open(addresses);
    await bank.live(1, 23, 'before');
  }, MINUTES);

  afterAll(() => bank?.close());

  const score = async (): Promise<ScoringSummary> => (await bank.start('hourly_fraud_detection', {})).result();
  const documents = async () => {
    const all = await bank.desk.collection('payment').find({}).toArray();
    return new Map(all.map((document) => [document.event_id as string, document]));
  };
  const eventsSince = async (day: string) =>
    (
      await bank.db.query<{ id: string; amount: number; pace: number | null; shop: string }>(
        'SELECT id, amount, pace, shop FROM event WHERE happened_at >= $1',
        [day],
      )
    ).rows;

  test('without a champion nothing is scored, and that is no failure', { timeout: 3 * MINUTES }, () =>
    bank.withWorker('2026-01-24T02:00:00Z', {}, async () => {
      expect(await score()).toMatchObject({ outcome: 'no_champion', champion: null, rows: 0 });
      await bank.load('2026-01-01', '2026-01-23');
      expect(await bank.startedByNight('2026-01-24').result()).toMatchObject({ outcome: 'promoted', champion: 1 });
    }),
  );

  test(
    'the running day is brought up to date and scored, by model and rules, with reasons',
    { timeout: 3 * MINUTES },
    () =>
      bank.withWorker(NOW, { scoring }, async (worker) => {
        await bank.live(24, 24, 'before');
        const events = await eventsSince('2026-01-21');
        const [lost, ...rest] = events;
        const shown = rest.map(({ id }) => ({ event_id: id, note: 'as it was' }));
        await bank.desk.collection<object>('payment').insertMany(shown);
        expect(await score()).toMatchObject({
          outcome: 'scored',
          champion: 1,
          days: 4,
          rows: events.length,
          written: rest.length,
          missing: 1,
        });

        const rows = await scoreRows(worker, bank.folder);
        expect([...rows.keys()].sort()).toEqual(events.map(({ id }) => id).sort());
        const { threshold } = await registryOf(worker.platform).version('bank_fraud', 1);
        const found = await documents();
        const decided = { model: 0, 'small change': 0, 'huge amount': 0 };
        for (const { id, ...features } of events) {
          const row = rows.get(id)!;
          const { amount } = features;
          const by = amount < 1 ? 'small change' : amount > 90 ? 'huge amount' : 'model';
          const alert = by === 'huge amount' || (by === 'model' && row.score >= threshold);
          expect(row, id).toMatchObject({ decided_by: by, decision: alert ? 'alert' : 'pass', model_version: 1 });
          expect(row.score >= 0 && row.score <= 1, id).toBe(true);
          decided[by] += 1;
          if (alert) {
            const reasons = row.reasons!;
            expect(reasons.length, id).toBeLessThanOrEqual(3);
            expect(reasons.map(({ contribution }) => contribution)).toEqual(
              reasons.map(({ contribution }) => contribution).sort((a, b) => b - a),
            );
            for (const { feature, value, contribution } of reasons) {
              expect(contribution).toBeGreaterThan(0);
              expect(value, `${id} ${feature}`).toBe(features[feature as keyof typeof features]);
            }
          } else expect(row.reasons, id).toBeNull();
          if (id === lost!.id) continue;
          expect(found.get(id), id).toMatchObject({
            score: row.score,
            alert,
            decidedBy: by,
            reasons: row.reasons ?? [],
            scoredBy: 'bank_fraud 1',
            note: 'as it was',
          });
        }
        expect(Math.min(...Object.values(decided))).toBeGreaterThan(0);
        const byModel = [...rows.values()].filter((row) => row.decision === 'alert' && row.decided_by === 'model');
        expect(byModel.length).toBeGreaterThan(0);
        for (const { reasons } of byModel) expect(reasons!.length).toBeGreaterThan(0);
        expect(await score()).toMatchObject({ days: 0, rows: 0, written: 0 });
      }),
  );

  test('it is found by its model, where it stands, and the days it brings up to date', {
    timeout: 2 * MINUTES,
  }, async () => {
    // In the first hour of a day the day before is looked at too.
    const looks = { first: '2026-01-24T00:30:00Z', later: '2026-01-24T01:30:00Z' };
    for (const [id, now] of Object.entries(looks)) {
      await bank.withWorker(now, { scoring }, async () => {
        await (await bank.start('hourly_fraud_detection', {}, id)).result();
      });
    }
    const said = async (id: string) => {
      const { typedSearchAttributes } = await bank.client.workflow.getHandle(id).describe();
      return Object.values(SEARCH_ATTRIBUTES).map((key) => typedSearchAttributes.get(key));
    };
    expect(await said('first')).toEqual(['score bank_fraud', undefined, 'dev', '2026-01-23', '2026-01-25', 'done']);
    expect(await said('later')).toEqual(['score bank_fraud', undefined, 'dev', '2026-01-24', '2026-01-25', 'done']);
  });

  test(
    'a corrected payment is scored again, with its day; a new champion scores every day again',
    { timeout: 3 * MINUTES },
    () =>
      bank.withWorker(NOW, { scoring }, async (worker) => {
        const before = await scoreRows(worker, bank.folder);
        const [wrong] = await eventsSince('2026-01-24');
        await bank.db.query('UPDATE event SET amount = 99 WHERE id = $1', [wrong!.id]);
        expect(await score()).toMatchObject({ days: 1, rows: 160, written: 1 });
        const after = await scoreRows(worker, bank.folder);
        expect(after.get(wrong!.id)).toMatchObject({ decided_by: 'huge amount', decision: 'alert' });
        for (const [id, row] of before) if (id !== wrong!.id) expect(after.get(id), id).toEqual(row);

        const registry = registryOf(worker.platform);
        const second = await registry.register('bank_fraud', {
          ...(await registry.version('bank_fraud', 1)),
          madeBy: 'test',
        });
        const signed = { who: 'Ada', why: 'the same model again' };
        await registry.move('bank_fraud', { alias: 'champion', from: 1, to: second, ...signed });
        expect(await score()).toMatchObject({ champion: second, days: 4, written: 639 });
        const again = [...(await scoreRows(worker, bank.folder)).values()];
        expect(new Set(again.map((row) => row.model_version))).toEqual(new Set([second]));
        for (const [, document] of await documents()) expect(document.scoredBy).toBe(`bank_fraud ${second}`);
        expect(await score()).toMatchObject({ days: 0, written: 0 });
      }),
  );

  test('a source that does not answer: what is there is scored, and the scoring says that it was not all', {
    timeout: 3 * MINUTES,
  }, async () => {
    await bank.db.query('ALTER TABLE event RENAME TO elsewhere');
    try {
      await bank.withWorker(NOW, { scoring }, async () => {
        const payments = bank.desk.collection('payment');
        await payments.updateOne({ event_id: 'e24-7' }, { $set: { score: -1 } });
        const { message } = await failureOf(score());
        expect(message).toContain('bronze.event');
        expect((await payments.findOne({ event_id: 'e24-7' }))?.score).toBeGreaterThanOrEqual(0);
      });
    } finally {
      await bank.db.query('ALTER TABLE elsewhere RENAME TO event');
    }
  });

  test('killed in the middle of writing back: the next worker writes what is missing, once', {
    timeout: 5 * MINUTES,
  }, async () => {
    await bank.db.query(
      `INSERT INTO event SELECT 'many-' || n, 'c' || n % 60, n % 95, NULL, 'web', timestamptz '2026-01-24 08:30Z' + n * interval '1 second' FROM generate_series(1, 2500) n`,
    );
    const payments = bank.desk.collection<object>('payment');
    await payments.insertMany(Array.from({ length: 2500 }, (_, n) => ({ event_id: `many-${n + 1}` })));
    const proxy = await HoldingProxy.open(bank.variables.STRATA_SOURCE_DESK!, { last: 2 });
    const killed = await spawnWorker({ ...bank.variables, STRATA_NOW: NOW, STRATA_SOURCE_DESK: proxy.url });
    try {
      const running = await bank.start('hourly_fraud_detection', {});
      await expect.poll(() => proxy.held, { timeout: 2 * MINUTES }).toBe(true);
      killed.kill('SIGKILL');
      const written = await until(
        async () => (await payments.countDocuments({ event_id: /^many/, score: { $exists: true } })) || undefined,
      );
      expect(written).toBeLessThan(2500);
      await bank.withWorker(NOW, { scoring }, async (worker) => {
        const done = (await running.result()) as ScoringSummary;
        expect(done.written).toBe(2500 - written);
        const rows = await scoreRows(worker, bank.folder);
        for (const [id, document] of await documents()) expect(document.score, id).toBe(rows.get(id)!.score);
        expect(await score()).toMatchObject({ days: 0, written: 0 });
      });
    } finally {
      killed.kill('SIGKILL');
      await proxy.close();
    }
  });

  test('by hand: strata score', { timeout: 3 * MINUTES }, () =>
    bank.withWorker(NOW, {}, async () => {
      const variables = {
        ...bank.variables,
        STRATA_NOW: NOW,
        STRATA_PROJECT: fileURLToPath(new URL('../retrain/bank/project.ts', import.meta.url)),
      };
      const cli = (...args: string[]) => strata({ cwd: bank.folder, variables }, 'score', ...args);
      const { code, stdout } = await cli('bank_fraud', '--json');
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        workflowId: 'score/dev/bank_fraud',
        outcome: 'scored',
        model: 'bank_fraud',
      });
      expect((await cli()).stdout).toMatch(/bank_fraud version \d+: 0 rows of 0 days scored/);
      const runs = () => strata({ cwd: bank.folder, variables }, 'runs', 'ls', '--all', '--json');
      await expect
        .poll(async () => JSON.parse((await runs()).stdout), { timeout: 90_000, interval: 1000 })
        .toContainEqual(
          expect.objectContaining({
            kind: 'hourly_fraud_detection',
            pipeline: 'score bank_fraud',
            status: 'completed',
          }),
        );
      expect(await cli('bank_frau')).toMatchObject({ code: 2, stderr: expect.stringContaining('bank_fraud') });
    }),
  );

  test('by schedule: a scoring, and a retraining that takes its day from the time it was meant for', {
    timeout: 3 * MINUTES,
  }, async () => {
    const hourly = { cron: '5 * * * *', timezone: 'UTC' } as const;
    const changes = {
      after: undefined,
      schedule: { cron: '0 3 * * *', timezone: 'UTC' },
      scoring: { ...scoring, schedule: hourly },
    } as const;
    const code = { ...project, retrainings: [{ ...fraud, ...changes }] };
    const create = (name: string) =>
      bank.client.schedule.create({
        scheduleId: `schedule/dev/${name}`,
        ...scheduleOptions(scheduledNamed(code, name), 'dev'),
      });
    const firstOf = async (prefix: string) =>
      until(async () => {
        for await (const { workflowId } of bank.client.workflow.list()) {
          if (workflowId.startsWith(prefix)) return bank.client.workflow.getHandle(workflowId);
        }
        return undefined;
      });
    // No simulated time: else what the schedule says would not count.
    await bank.withWorker(undefined, changes, async () => {
      const scorings = await create('hourly_fraud_detection/bank_fraud');
      await scorings.trigger();
      const scored = (await (await firstOf('score/dev/bank_fraud/scheduled-')).result()) as ScoringSummary;
      expect(scored).toMatchObject({ outcome: 'scored', model: 'bank_fraud' });
      const retrainings = await create('drift_and_retrain/bank_fraud');
      const [start, end] = [new Date('2026-01-24T02:30:00Z'), new Date('2026-01-24T03:30:00Z')];
      await retrainings.backfill({ start, end, overlap: 'ALLOW_ALL' });
      const looked = (await (await firstOf('retrain/dev/bank_fraud/scheduled-')).result()) as RetrainingSummary;
      expect(looked.drift.report.path).toContain('/bank_fraud/2026-01-24-');
      expect(looked.drift.rows.current).toBe(3 * 160);
    });
  });

  test('trials train side by side, and a scoring waits behind none of them', { timeout: 3 * MINUTES }, () => {
    const long = { trees: 10_000, earlyStopping: 0, leaves: 512, minRowsPerLeaf: 1 };
    return bank.withWorker(NOW, { scoring, search: [long, { ...long, leaves: 513 }] }, async () => {
      const running = await bank.start('drift_and_retrain', { force: true });
      const trials = async () => {
        const { raw } = await running.describe();
        return raw.pendingActivities?.filter((a) => a.activityType?.name === 'trainTrial' && a.lastStartedTime).length;
      };
      await until(async () => (await trials()) === 2);
      expect(await score()).toMatchObject({ outcome: 'scored' });
      expect(await trials()).toBe(2);
      await running.cancel();
      await expect(running.result()).rejects.toThrow();
    });
  });
});

async function spawnWorker(variables: Readonly<Record<string, string>>) {
  const script = fileURLToPath(new URL('./worker.process.ts', import.meta.url));
  const env = { ...process.env, ...variables };
  const child = spawn(process.execPath, ['--import', 'tsx', script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The worker ended with ${code} before it served`);
  });
  await Promise.race([once(child.stdout!, 'data'), ended]);
  ended.catch(() => undefined);
  return child;
}
