import type { Db } from 'mongodb';
import type { SourceDataset } from '../../core/dataset.ts';
import { StrataError } from '../../core/errors.ts';

/** A missing collection reads as an empty one: without this a typing error would delete a whole snapshot table. */
export async function requireCollection(db: Db, dataset: SourceDataset): Promise<void> {
  const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map((found) => found.name).sort();
  if (names.includes(dataset.relation)) return;
  throw new StrataError(
    'source_mismatch',
    `${dataset.name} reads the collection ${dataset.relation}, which does not exist`,
    {
      where: dataset.name,
      hint: `Collections of ${db.databaseName} are: ${names.filter((name) => !name.startsWith('system.')).join(', ') || 'none'}.`,
    },
  );
}
