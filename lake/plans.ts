import { createHash } from 'node:crypto';
import { z } from 'zod';
import { StrataError } from '../core/errors.ts';
import { readJson } from './json-object.ts';
import { planFile } from './layout.ts';
import type { ObjectStore } from './object-store.ts';

const names = z.array(z.string());

/** Keeps a list of names too long for Temporal. @returns what to hand around instead: the same list has the same hash */
export async function writePlan(store: ObjectStore, env: string, list: readonly string[]): Promise<string> {
  const text = JSON.stringify(list);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 32);
  await store.putIfAbsent(planFile(env, hash), text);
  return hash;
}

/** @throws storage when vacuum took it: plan again */
export async function readPlan(store: ObjectStore, env: string, hash: string): Promise<readonly string[]> {
  const list = await readJson(store, planFile(env, hash), names);
  if (list) return list;
  throw new StrataError('storage', 'The list of partitions that this build was planned with is gone', {
    kind: 'terminal',
    where: store.uri(planFile(env, hash)),
    hint: 'Run the range again: it is planned anew.',
  });
}
