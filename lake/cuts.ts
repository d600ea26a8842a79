import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Cut } from '../core/cuts.ts';
import { readJson } from './json-object.ts';
import { cutFile, cutsFolder } from './layout.ts';
import type { ObjectStore } from './object-store.ts';

/** A cut as it lies in the lake. */
export interface WrittenCut extends Cut {
  /** Tells it from the cut of the same number in another lake, and in this one before a backup was restored. */
  readonly id: number;
}

/** Above what randomInt gives. */
const IDS = 2 ** 48 - 1;

const cutShape: z.ZodType<WrittenCut> = z.object({
  format: z.literal(1),
  pipeline: z.string(),
  number: z.number().int().min(1),
  versions: z.record(z.string(), z.number().int().min(-1)),
  id: z.number().int().min(0),
});

/** The numbers of a pipeline's cuts, oldest first. */
export async function cutNumbers(store: ObjectStore, env: string, pipeline: string): Promise<number[]> {
  const numbers: number[] = [];
  for await (const path of store.listPaths(cutsFolder(env, pipeline))) {
    const number = /(\d{10})\.json$/.exec(path)?.[1];
    if (number !== undefined) numbers.push(Number(number));
  }
  return numbers;
}

/** The pipeline's newest cut; undefined before the first. @throws corrupt */
export async function newestCut(store: ObjectStore, env: string, pipeline: string): Promise<WrittenCut | undefined> {
  const number = (await cutNumbers(store, env, pipeline)).at(-1);
  return number === undefined ? undefined : cutNamed(store, env, pipeline, number);
}

/** One cut by its number; undefined when there is none. @throws corrupt */
export const cutNamed = (
  store: ObjectStore,
  env: string,
  pipeline: string,
  number: number,
): Promise<WrittenCut | undefined> => readJson(store, cutFile(env, pipeline, number), cutShape);

/** @returns false when another maker took the number with other versions: look at the tables again */
export async function writeCut(store: ObjectStore, env: string, cut: Cut): Promise<boolean> {
  const written: WrittenCut = { ...cut, id: randomInt(IDS) };
  if (await store.putIfAbsent(cutFile(env, cut.pipeline, cut.number), JSON.stringify(written))) return true;
  // Our own write whose answer was lost is told by its content.
  const there = await cutNamed(store, env, cut.pipeline, cut.number);
  return there !== undefined && isDeepStrictEqual({ ...written, id: there.id }, there);
}
