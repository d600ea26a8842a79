import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { registryOf } from '../../activities/retrain/registry-of.ts';
import type { FileRef, Sets, Trial } from '../../activities/retrain/retrain.types.ts';
import type { Retraining } from '../../core/retraining.ts';
import { workflowCode } from '../../workers/workflow-code.ts';
import type { RetrainingState } from '../../workflows/messages.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { failureOf } from '../workflows/failure-of.ts';
import { fraud } from './bank/project.ts';
import { AFTER, Bank, POLICY, served } from './bank.fixture.ts';
import { type Act, serveActivities, serveWorkflows } from './faulty-worker.ts';

const quick = { every: '1 second', for: '1 second', mostLoss: 1 };
const common: Partial<Retraining> = { policy: POLICY, monitoring: quick };

await describeWith(['temporal', 'postgres', 'mongodb'], 'data that cannot be learned from', (addresses) => {
  let source: Bank;
  let bundle: WorkflowBundleOption;
  const open: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    source = await Bank.drifted(addresses);
    bundle = await workflowCode();
  }, 5 * MINUTES);

  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  afterAll(() => source?.close());

  interface Situation {
    readonly changes?: Partial<Retraining>;
    readonly input?: object;
    readonly champion: 1 | null;
    readonly now?: string;
    readonly fault?: { activity: string; act: Act };
  }

  /** One retraining of a bank of its own, with the champion or as if there had never been one. */
  async function retrained({ changes, input = {}, champion, now = AFTER, fault }: Situation) {
    const bank = await source.fork();
    if (champion === null) await rm(join(bank.folder, 'lake/dev/_strata/models'), { recursive: true });
    const settings = bank.settings(now);
    open.push(await serveWorkflows(settings, bundle));
    const { platform, stop } = await serveActivities(settings, served({ ...common, ...changes }), fault);
    open.push(stop);
    const handle = await bank.start('drift_and_retrain', input);
    const result = handle.result();
    const error = await result.then(
      () => undefined,
      () => failureOf(result),
    );
    const registry = registryOf(platform);
    expect(await registry.alias('bank_fraud', 'challenger')).toBeNull();
    const { lines } = await handle.query<RetrainingState>('retraining');
    const line = (step: string) => lines.find((each) => each.step === step)?.result;
    return { bank, result, error, line, champion: await registry.alias('bank_fraud', 'champion') };
  }

  test.each([
    ['nothing', 'false', 0],
    ['everything', 'true', 1920],
  ])('one class only: where %s is fraud, that is too little data', { timeout: MINUTES }, async (_, positive, count) => {
    const labels = { ...fraud.labels, positive };
    const { bank, result, line, champion } = await retrained({ changes: { labels }, champion: 1 });
    expect(await result).toMatchObject({ outcome: 'too_little_data', champion: 1 });
    const needed = 'needed are 100 rows, 20 positives and 10 others';
    expect(line('training set')).toContain(`has 1920 rows, ${count} of them positive; ${needed}`);
    expect(bank.told.map(({ event }) => event)).toEqual(['drift', 'too_little_data']);
    expect(champion).toBe(1);
  });

  test('fewer frauds than any trainer takes, whatever the policy says', { timeout: MINUTES }, async () => {
    const labels = { ...fraud.labels, positive: "event_id LIKE 'e%-11' AND is_fraud" };
    const policy = { ...POLICY, leastPositives: 1 };
    const { result, champion } = await retrained({ changes: { labels, policy }, champion: 1 });
    expect(await result).toMatchObject({ outcome: 'too_little_data' });
    expect(champion).toBe(1);
  });

  test('an empty reference is no "none": nothing can be told, and there are too few rows', {
    timeout: MINUTES,
  }, async () => {
    const days = { train: 2, validation: 1, test: 1, delay: 1, current: 1 };
    const { result, line } = await retrained({ changes: { days }, input: { asOf: '2026-01-04' }, champion: null });
    expect(await result).toMatchObject({
      outcome: 'too_little_data',
      champion: null,
      drift: { drifted: [], features: 3 },
    });
    expect(line('drift')).toBe('cannot tell: the reference has no rows');
    expect(line('training set')).toMatch(/The train set .* has 0 rows/);
  });

  test('current days without rows: it cannot be told, and that is told', { timeout: MINUTES }, async () => {
    const { bank, result, line, champion } = await retrained({ now: '2026-02-25T02:00:00Z', champion: 1 });
    expect(await result).toMatchObject({ outcome: 'cannot_tell', champion: 1 });
    expect(line('drift')).toBe('cannot tell: the current days have no rows');
    expect(bank.told).toMatchObject([{ event: 'cannot_tell' }]);
    expect(champion).toBe(1);
  });

  test('features that teach nothing are named and do no harm', { timeout: MINUTES }, async () => {
    const numeric = ['amount', 'pace', 'fixed', 'never'];
    const { result, line } = await retrained({ changes: { numeric }, champion: null });
    expect(await result).toMatchObject({ outcome: 'promoted', drift: { states: { constant: 1, all_missing: 1 } } });
    expect(line('features that teach nothing')).toBe('fixed: constant, never: all missing');
  });

  test('features that all teach nothing end it', { timeout: MINUTES }, async () => {
    const { error, champion } = await retrained({
      changes: { numeric: ['fixed', 'never'], categorical: [] },
      champion: null,
    });
    expect(error?.message).toContain('every feature is constant or missing');
    expect(champion).toBeNull();
  });

  test('a model no better than chance is refused', { timeout: MINUTES }, async () => {
    // What was fraud counts as honest from the days of the test set on, and the other way round.
    const positive = "is_fraud = (known_at < TIMESTAMPTZ '2026-02-13 00:00:00Z')";
    const labels = { ...fraud.labels, positive };
    const { result, line, champion } = await retrained({ changes: { labels }, champion: 1 });
    expect(await result).toMatchObject({ outcome: 'refused', champion: 1, decision: { approve: false } });
    expect(line('challenger')).toContain('does not rank better than chance');
    expect(champion).toBe(1);
  });

  test('labels recorded after the day asked for are not there yet', { timeout: MINUTES }, async () => {
    const days = { train: 12, validation: 4, test: 4, delay: 0, current: 3 };
    const sets: Sets[] = [];
    const act: Act = async (work) => {
      sets.push((await work()) as Sets);
      return sets[0];
    };
    const fault = { activity: 'prepareSets', act };
    await retrained({ changes: { days }, input: { asOf: '2026-02-10' }, champion: 1, fault });
    const { rows } = await source.db.query<{ all: number; known: number }>(
      `SELECT count(*)::int AS all, count(*) FILTER (WHERE known_at < '2026-02-10')::int AS known
       FROM verdict JOIN event ON event.id = event_id WHERE is_fraud AND happened_at >= '2026-02-06' AND happened_at < '2026-02-10'`,
    );
    expect(sets[0]!.test.positives).toBe(rows[0]!.known);
    expect(rows[0]!.known).toBeLessThan(rows[0]!.all);
  });

  /** The file changes after the activity has written and hashed it. */
  const damaging = (activity: string, pick: (result: never) => FileRef) =>
    ({
      activity,
      act: async (work, { store }) => {
        const result = await work();
        await appendFile(store.uri(pick(result as never).path), 'x');
        return result;
      },
    }) satisfies Situation['fault'];

  test.each([
    ['training set', damaging('prepareSets', ({ train }: Sets) => train)],
    ['trial', damaging('trainTrial', ({ artifact }: Trial) => artifact)],
  ])('a damaged %s is noticed before anything is learned from it', { timeout: MINUTES }, async (_, fault) => {
    const { error, champion } = await retrained({ champion: 1, fault });
    expect(error?.message).toContain('its hash differs');
    expect(champion).toBe(1);
  });
});
