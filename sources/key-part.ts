import type { SourceDataset } from '../core/dataset.ts';

/** What a key snapshot reads of a dataset: the key, and the cursor, which tells where the row should have been seen. */
export function keyPart(dataset: SourceDataset): SourceDataset {
  const { extraction } = dataset;
  const cursor = extraction.kind === 'cursor' ? extraction.column : undefined;
  return { ...dataset, columns: dataset.columns.filter(({ key, name }) => key || name === cursor) };
}
