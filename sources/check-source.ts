import type { SourceDataset } from '../core/dataset.ts';
import type { SourceConnection } from './extraction.types.ts';
import { checkCollection } from './mongodb/check-collection.ts';
import { checkRelation } from './postgres/check-relation.ts';

/**
 * Holds a dataset against its source as it is now, without reading a row.
 * @returns columns of the source that nobody declares
 * @throws source_mismatch (table, column or type is not as declared), access_denied, unreachable
 */
export function checkSource(dataset: SourceDataset, connection: SourceConnection): Promise<string[]> {
  const named = { name: dataset.source.name, ...connection };
  return dataset.source.system === 'postgres' ? checkRelation(dataset, named) : checkCollection(dataset, named);
}
