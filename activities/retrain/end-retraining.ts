import type { ModelRegistry } from '../../ml/registry.ts';
import type { Platform } from '../platform.ts';
import { keep } from './evidence.ts';
import { unpinRun } from './pins.ts';
import { withdraw } from './promotion.ts';
import type { EndInput } from './retrain.types.ts';

/**
 * Whatever the end was, it is kept, with the run's version where there is one; and nothing of the run is left standing: no
 * challenger that nobody decides about any more, no pin.
 * @param run the version is found by it: the workflow of a killed or cancelled step does not know its number
 */
export async function endRetraining(
  { store }: Platform,
  registry: ModelRegistry,
  { resolved, ending, lines }: EndInput,
  run: string,
): Promise<void> {
  const { env, model, asOf, evidence } = resolved;
  const version = (await registry.versions(model)).find(({ madeBy }) => madeBy === run)?.version ?? null;
  const content = { model, asOf, ending, version, former: resolved.champion, lines };
  const file = await keep(store, evidence, 'outcome.json', JSON.stringify(content, null, 2));
  if (version !== null) {
    await registry.attach(model, version, 'outcome', file);
    await withdraw(registry, model, version, { who: 'drift_and_retrain', why: ending.replaceAll('_', ' ') });
  }
  await unpinRun(store, env, model, run);
}
