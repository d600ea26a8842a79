import { shift } from '../../core/instant.ts';
import type { Retraining } from '../../core/retraining.ts';
import { averagePrecision } from '../../ml/metrics.ts';
import type { ModelRegistry } from '../../ml/registry.ts';
import { withAttempt } from '../attempt.ts';
import type { Platform } from '../platform.ts';
import { labelledRows, TARGET } from './labelled-rows.ts';
import { loadModel } from './load-model.ts';
import { readDataset } from './read-set.ts';
import type { PromoteInput, RollbackInput, Watched, WatchInput } from './retrain.types.ts';

const DAY_MILLIS = 86_400_000;

/** The one step in which the champion changes. */
export async function promote(
  registry: ModelRegistry,
  { resolved, challenger, decision }: PromoteInput,
): Promise<void> {
  const { model, champion } = resolved;
  const { version } = challenger;
  const { who, why } = decision;
  await registry.move(model, { alias: 'champion', from: champion, to: version, who, why });
  await withdraw(registry, model, version, { who, why: 'promoted' });
}

export function refuse(registry: ModelRegistry, { resolved, challenger, decision }: PromoteInput): Promise<void> {
  const { who, why } = decision;
  return withdraw(registry, resolved.model, challenger.version, { who, why });
}

/** A later retraining may have a challenger of its own by now: that one stays. */
async function withdraw(
  registry: ModelRegistry,
  model: string,
  version: number,
  signed: { who: string; why: string },
): Promise<void> {
  if ((await registry.alias(model, 'challenger')) !== version) return;
  await registry.move(model, { alias: 'challenger', from: version, to: null, ...signed });
}

export const rollBack = (registry: ModelRegistry, { resolved, from, to, why }: RollbackInput): Promise<void> =>
  registry.move(resolved.model, { alias: 'champion', from, to, who: 'drift_and_retrain', why });

/** The new champion beside the former one, on rows since the comparison whose labels have come. */
export function watchChampion(
  platform: Platform,
  registry: ModelRegistry,
  retraining: Retraining,
  { resolved, champion, former }: WatchInput,
  signal: AbortSignal,
): Promise<Watched> {
  const { policy, monitoring, days } = retraining;
  const now = platform.now();
  const window = { start: resolved.windows.test.end, end: shift(now, -days.delay * DAY_MILLIS) };
  if (window.end <= window.start) return Promise.resolve(tooEarly('no day since the comparison has its labels yet'));
  return withAttempt(platform.temp, async (attempt) => {
    await using session = await platform.openSession(signal);
    const version = async (name: string) => (await platform.lake.table(name).load()).version;
    const pins = {
      features: await version(retraining.features.name),
      labels: await version(retraining.labels.dataset.name),
    };
    const rows = await labelledRows(platform, { session, attempt }, retraining, { asOf: now, pins, windows: [window] });
    await session.run(`CREATE TEMP TABLE since AS SELECT * FROM ${rows}`);
    const positives = Number(await session.value<bigint>(`SELECT count(*) FROM since WHERE ${TARGET} = 1`));
    if (positives < policy.leastPositives) {
      return tooEarly(`${positives} positives since the comparison, ${policy.leastPositives} are needed`);
    }
    const precisionOf = async (number: number): Promise<number> => {
      const loaded = await loadModel(registry, retraining.model, number);
      const table = await readDataset(session, 'since', retraining, loaded.labels);
      return averagePrecision(loaded.probabilities(table), table.target);
    };
    const [own, before] = [await precisionOf(champion), await precisionOf(former)];
    const finding = `average precision ${own.toFixed(4)} beside ${before.toFixed(4)} of version ${former}, ${positives} positives`;
    return { says: before - own > monitoring.mostLoss ? 'worse' : 'fine', finding };
  });
}

const tooEarly = (finding: string): Watched => ({ says: 'too_early', finding });
