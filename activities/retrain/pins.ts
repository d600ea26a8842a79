import { instantFromMillis } from '../../core/instant.ts';
import type { Version } from '../../core/ledger.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import { deletePin, putPin } from '../../lake/pins.ts';
import type { ModelRegistry } from '../../ml/registry.ts';

const DAY_MILLIS = 86_400_000;
/** Longer than any retraining takes until its sets are written; the end takes the pin away. */
const RUN_DAYS = 30;
/** How long it can be asked what a version learned from that nobody uses any more. */
const VERSION_DAYS = 730;

type Versions = Readonly<Record<string, Version>>;

const runPin = (model: string, run: string): string => `retrain/${model}/${run}`;

// Expiries are in the machine's time, as the ages of files are, whatever time the data lives in.
const inDays = (days: number) => instantFromMillis(Date.now() + days * DAY_MILLIS);

/** Every step and attempt of a retraining reads these versions: vacuum leaves them. */
export const pinRun = (store: ObjectStore, env: string, model: string, run: string, versions: Versions) =>
  putPin(store, env, {
    format: 1,
    name: runPin(model, run),
    versions,
    why: `${model} is retrained`,
    expiresAt: inDays(RUN_DAYS),
  });

export const unpinRun = (store: ObjectStore, env: string, model: string, run: string): Promise<void> =>
  deletePin(store, env, runPin(model, run));

/** What a version was made from can be read again, to make it again or to look at it. */
export const pinVersion = (store: ObjectStore, env: string, model: string, version: number, versions: Versions) =>
  putPin(store, env, {
    format: 1,
    name: `model/${model}/${version}`,
    versions,
    why: `version ${version} of ${model} was trained from it`,
    expiresAt: inDays(VERSION_DAYS),
  });

/** What champions and challengers were trained from: without a time limit, as long as they are. */
export async function servedVersions(registry: ModelRegistry): Promise<Versions[]> {
  const served: Versions[] = [];
  for (const model of await registry.models()) {
    for (const alias of ['champion', 'challenger'] as const) {
      const version = await registry.alias(model, alias);
      if (version !== null) served.push((await registry.version(model, version)).trainedFrom);
    }
  }
  return served;
}
