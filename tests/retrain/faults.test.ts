import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { registryOf } from '../../activities/retrain/registry-of.ts';
import type { Retraining } from '../../core/retraining.ts';
import { readPins } from '../../lake/pins.ts';
import { workflowCode } from '../../workers/workflow-code.ts';
import type { RetrainingState } from '../../workflows/messages.ts';
import type { RetrainingSummary } from '../../workflows/retrain.workflow.ts';
import { fullRun } from '../full-run.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { failureOf } from '../workflows/failure-of.ts';
import { until } from '../workflows/until.ts';
import { AFTER, Bank, POLICY, served } from './bank.fixture.ts';
import { type Act, FAULTS, type Running, serveActivities, serveWorkflows } from './faulty-worker.ts';

const MODEL = 'bank_fraud';

interface Course {
  readonly changes: Partial<Retraining>;
  readonly input: object;
  readonly outcome: RetrainingSummary['outcome'];
  /** How often the champion moves. */
  readonly moves: number;
}
const quick = { every: '1 second', for: '1 second', mostLoss: 1 };
const promoted: Course = {
  changes: { policy: POLICY, monitoring: quick },
  input: {},
  outcome: 'unproven',
  moves: 1,
};
const refused: Course = { ...promoted, changes: { policy: { ...POLICY, leastGain: 1 } }, outcome: 'refused', moves: 0 };
/**
 * Asked for as of earlier, so that labels have come since; whatever they say is called worse. Of those days so many rows share
 * the highest score that a small budget allows no alert, and the gates refuse: here it is large.
 */
const rolledBack: Course = {
  changes: {
    policy: { ...POLICY, confidence: 0 },
    threshold: { by: 'alerts', perDay: 1000 },
    monitoring: { ...quick, mostLoss: -1 },
  },
  input: { asOf: '2026-02-12', force: true },
  outcome: 'rolled_back',
  moves: 2,
};

/** Every activity of the loop: the course it is part of, and how often the champion has moved when it fails for good. */
const ACTIVITIES: Readonly<Record<string, { course: Course; before: number }>> = {
  resolveRetraining: { course: promoted, before: 0 },
  lookForDrift: { course: promoted, before: 0 },
  notify: { course: promoted, before: 1 },
  prepareSets: { course: promoted, before: 0 },
  trainTrial: { course: promoted, before: 0 },
  makeChallenger: { course: promoted, before: 0 },
  compareModels: { course: promoted, before: 0 },
  refuseChallenger: { course: refused, before: 0 },
  promoteChallenger: { course: promoted, before: 0 },
  watchChampion: { course: promoted, before: 1 },
  rollBack: { course: rolledBack, before: 1 },
  endRetraining: { course: promoted, before: 1 },
};

/** All of them in the full run; else one, another one each day. */
const seed = Number(process.env.STRATA_TEST_SEED ?? Math.floor(Date.now() / 86_400_000));
const chosen = (step: number): string[] => {
  const names = Object.keys(ACTIVITIES);
  return fullRun ? names : [names[(seed + step) % names.length]!];
};

await describeWith(
  ['temporal', 'postgres', 'mongodb'],
  `a retraining that fails (STRATA_TEST_SEED=${seed})`,
  (addresses) => {
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

    async function fork(): Promise<Bank> {
      const bank = await source.fork();
      open.push(await serveWorkflows(bank.settings(AFTER), bundle));
      return bank;
    }

    async function serve(bank: Bank, course: Course, fault?: { activity: string; act: Act }): Promise<Running> {
      const running = await serveActivities(bank.settings(AFTER), served(course.changes), fault);
      open.push(running.stop);
      return running;
    }

    const registryIn = ({ platform }: Running) => registryOf(platform);

    /** After any fault: the champion moved so often, one version at most was made, and nothing is left standing. */
    async function expectWhole(running: Running, moves: number): Promise<void> {
      const registry = registryIn(running);
      const history = await registry.history(MODEL);
      const ofChampion = history.filter((event) => event.kind === 'moved' && event.alias === 'champion');
      // The first is that of the version that was there before.
      expect(ofChampion).toHaveLength(1 + moves);
      expect(await registry.alias(MODEL, 'champion')).toBe(moves === 1 ? 2 : 1);
      expect((await registry.versions(MODEL)).length).toBeLessThanOrEqual(2);
      expect(await registry.alias(MODEL, 'challenger')).toBeNull();
      const pins = await readPins(running.platform.store, 'dev');
      expect(pins.filter(({ name }) => name.startsWith('retrain/'))).toEqual([]);
    }

    /** Started again it goes to an end; how it compares with what the first one left is not the matter here. */
    async function expectAgain(bank: Bank): Promise<void> {
      const again = await bank.retrain({ force: true });
      expect(['unproven', 'refused', 'rolled_back']).toContain(again.outcome);
    }

    describe.each(chosen(0))('%s fails for good', (activity) => {
      test('the champion is who it was, or moved once; again it works', { timeout: 3 * MINUTES }, async () => {
        const { course, before } = ACTIVITIES[activity]!;
        const bank = await fork();
        const faulty = await serve(bank, course, { activity, act: FAULTS.fails });
        const handle = await bank.start('drift_and_retrain', course.input);
        if (activity === 'notify') {
          expect(await handle.result()).toMatchObject({ outcome: course.outcome });
          const { lines } = await handle.query<RetrainingState>('retraining');
          expect(lines.filter(({ step }) => step === 'notice').map(({ result }) => result.split('\n')[0])).toContain(
            'promoted was not told: broken on purpose',
          );
        } else {
          expect((await failureOf(handle.result())).message).toContain('broken on purpose');
        }
        if (activity !== 'endRetraining') await expectWhole(faulty, before);
        await faulty.stop();
        await serve(bank, course);
        await expectAgain(bank);
      });
    });

    describe.each(chosen(4))('a worker is killed in %s', (activity) => {
      test('another one goes on: it ends as if nothing had been', { timeout: 5 * MINUTES }, async () => {
        const { course } = ACTIVITIES[activity]!;
        const bank = await fork();
        const victim = await spawnFaulty(bank, activity, course);
        open.push(async () => void victim.kill('SIGKILL'));
        const died = once(victim, 'exit');
        const handle = await bank.start('drift_and_retrain', course.input);
        expect(await died).toEqual([null, 'SIGKILL']);
        const healthy = await serve(bank, course);
        expect(await handle.result()).toMatchObject({ outcome: course.outcome });
        await expectWhole(healthy, course.moves);
        expect(await registryIn(healthy).versions(MODEL)).toHaveLength(2);
      });
    });

    describe.each(chosen(8))('cancelled in %s', (activity) => {
      test('it ends, the champion is who it was, or moved once; again it works', { timeout: 3 * MINUTES }, async () => {
        const { course, before } = ACTIVITIES[activity]!;
        const bank = await fork();
        let reached = false;
        const act: Act = async (work) => {
          reached = true;
          // What tells and what ends is not to be cancelled: it is done, whenever.
          if (!['notify', 'endRetraining'].includes(activity)) return FAULTS.hangs();
          await sleep(2000);
          return work();
        };
        const running = await serve(bank, course, { activity, act });
        const handle = await bank.start('drift_and_retrain', course.input);
        await until(async () => reached);
        await handle.cancel();
        const error = await handle.result().then(
          () => undefined,
          (reason) => reason,
        );
        if (activity === 'endRetraining') expect(error).toBeUndefined();
        else expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
        await expectWhole(running, activity === 'notify' ? 0 : before);
        await running.stop();
        await serve(bank, course);
        await expectAgain(bank);
      });
    });

    test('refused by the gates: the champion stays, and why is kept', { timeout: 2 * MINUTES }, async () => {
      const bank = await fork();
      const running = await serve(bank, refused);
      const { decision } = await bank.retrain();
      expect(decision).toMatchObject({ approve: false, who: 'policy', why: expect.stringContaining('better fails') });
      await expectWhole(running, 0);
    });

    test('another one made champion meanwhile stays', { timeout: 2 * MINUTES }, async () => {
      const bank = await fork();
      const act: Act = async (work, platform) => {
        const registry = registryOf(platform);
        const { version: _, registeredAt: __, ...first } = await registry.version(MODEL, 1);
        const other = await registry.register(MODEL, { ...first, madeBy: 'Ada' });
        await registry.move(MODEL, { alias: 'champion', from: 1, to: other, who: 'Ada', why: 'by hand' });
        return work();
      };
      const running = await serve(bank, promoted, { activity: 'promoteChallenger', act });
      expect(await bank.retrain()).toMatchObject({ outcome: 'superseded', champion: 3 });
      expect(await registryIn(running).alias(MODEL, 'champion')).toBe(3);
      expect(await registryIn(running).alias(MODEL, 'challenger')).toBeNull();
    });

    test('a webhook that does not answer holds nothing up', { timeout: 2 * MINUTES }, async () => {
      const bank = await fork();
      bank.variables.STRATA_WEBHOOK_OPS = 'http://127.0.0.1:1/nobody';
      const person: Course = {
        ...promoted,
        changes: { policy: { ...POLICY, approval: { by: 'person', within: '1 hour', otherwise: 'reject' } } },
      };
      await serve(bank, person);
      const handle = await bank.start('drift_and_retrain', {});
      const state = () => handle.query<RetrainingState>('retraining');
      await until(async () => (await state()).state === 'waiting for approval');
      await handle.executeUpdate('decide', { args: [{ approve: false, who: 'Ada', why: 'not today' }] });
      expect(await handle.result()).toMatchObject({ outcome: 'refused' });
      const notices = (await state()).lines.filter(({ step }) => step === 'notice');
      expect(notices.map(({ result }) => result.split('\n')[0])).toEqual(
        ['drift', 'approval_wanted', 'refused'].map((event) => `${event} was not told: The webhook does not answer`),
      );
      expect(bank.told).toEqual([]);
    });
  },
);

async function spawnFaulty(bank: Bank, activity: string, { changes }: Course): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('./faulty.process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    env: {
      ...process.env,
      ...bank.variables,
      STRATA_NOW: AFTER,
      STRATA_TEST_FAULT: JSON.stringify({ activity, changes }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout!, 'data');
  return child;
}
