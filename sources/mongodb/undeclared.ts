import type { Collection } from 'mongodb';
import type { SourceDataset } from '../../core/dataset.ts';

/** Newest documents that are looked at: a collection has no list of its fields. */
const SAMPLE = 20;

/** Fields of the first level that the dataset neither declares nor ignores. */
export async function undeclaredFields(
  collection: Collection,
  { sourceColumns, ignored = [] }: SourceDataset,
): Promise<string[]> {
  const known = new Set(['_id', ...Object.values(sourceColumns).map((path) => path.split('.')[0]), ...ignored]);
  const found = new Set<string>();
  for await (const document of collection.find().sort({ _id: -1 }).limit(SAMPLE)) {
    for (const field of Object.keys(document)) if (!known.has(field)) found.add(field);
  }
  return [...found].sort();
}
