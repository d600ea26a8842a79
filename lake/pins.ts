import { z } from 'zod';
import type { Instant } from '../core/instant.ts';
import type { Version } from '../core/ledger.ts';
import { readJson } from './json-object.ts';
import { pinFile, pinsFolder } from './layout.ts';
import type { ObjectStore } from './object-store.ts';

/** Somebody still needs these versions: vacuum keeps their files until the pin expires or is taken away. */
export interface Pin {
  readonly format: 1;
  readonly name: string;
  readonly versions: Readonly<Record<string, Version>>;
  /** For people. */
  readonly why: string;
  readonly expiresAt: Instant;
}

const shape: z.ZodType<Pin> = z.object({
  format: z.literal(1),
  name: z.string(),
  versions: z.record(z.string(), z.number().int().min(-1)),
  why: z.string(),
  expiresAt: z.string(),
});

/** Sets or renews. */
export const putPin = (store: ObjectStore, env: string, pin: Pin): Promise<void> =>
  store.put(pinFile(env, pin.name), JSON.stringify(pin));

export const deletePin = (store: ObjectStore, env: string, name: string): Promise<void> =>
  store.delete([pinFile(env, name)]);

/** All pins, expired ones too. @throws corrupt: vacuum must not run past a pin that it cannot read */
export async function readPins(store: ObjectStore, env: string): Promise<Pin[]> {
  const pins: Pin[] = [];
  for await (const path of store.listPaths(pinsFolder(env))) {
    const pin = await readJson(store, path, shape);
    if (pin) pins.push(pin);
  }
  return pins;
}
