import { z } from 'zod';
import type { Cut } from '../core/cuts.ts';
import { StrataError } from '../core/errors.ts';
import { cutFile, cutsFolder } from './layout.ts';
import type { ObjectStore } from './object-store.ts';

const cutShape = z.object({
  format: z.literal(1),
  pipeline: z.string(),
  number: z.number().int().min(1),
  versions: z.record(z.string(), z.number().int().min(-1)),
});

/** The pipeline's newest cut; undefined before the first. */
export async function newestCut(store: ObjectStore, env: string, pipeline: string): Promise<Cut | undefined> {
  let newest: string | undefined;
  for await (const { path } of store.list(cutsFolder(env, pipeline))) newest = path;
  return newest === undefined ? undefined : readCut(store, newest);
}

/** One cut by its number; undefined when there is none. */
export const cutNamed = (store: ObjectStore, env: string, pipeline: string, number: number): Promise<Cut | undefined> =>
  readCut(store, cutFile(env, pipeline, number));

/** @returns false when another maker took the number with other versions: look at the tables again */
export async function writeCut(store: ObjectStore, env: string, cut: Cut): Promise<boolean> {
  const path = cutFile(env, cut.pipeline, cut.number);
  const text = JSON.stringify(cut);
  // Our own write whose answer was lost is told by its content.
  return (await store.putIfAbsent(path, text)) || (await store.getText(path)) === text;
}

async function readCut(store: ObjectStore, path: string): Promise<Cut | undefined> {
  const text = await store.getText(path);
  if (text === undefined) return undefined;
  try {
    return cutShape.parse(JSON.parse(text));
  } catch (cause) {
    throw new StrataError('corrupt', 'A cut cannot be read', { where: store.uri(path), cause });
  }
}
