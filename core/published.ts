import type { Dataset, DerivedDataset } from './dataset.ts';
import type { Pipeline } from './pipeline.ts';

/** The warehouse receives what is finished: the gold layer of what a pipeline lists. */
export const isPublished = (dataset: string): boolean => dataset.startsWith('gold.');

/** A table's name in the warehouse: without the layer. */
export const publishedName = (dataset: string): string => dataset.slice(dataset.indexOf('.') + 1);

export const publishedOf = ({ datasets }: Pipeline): DerivedDataset[] =>
  datasets.filter((d: Dataset): d is DerivedDataset => d.kind === 'derived' && isPublished(d.name));
