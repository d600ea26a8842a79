import type { SourceDataset } from '../../core/dataset.ts';
import type { PgRelation } from './catalog.ts';

/** Columns with their types that the dataset neither declares nor ignores: what came since it was written. */
export function undeclaredColumns({ sourceColumns, ignored = [] }: SourceDataset, relation: PgRelation): string[] {
  const known = new Set([...Object.values(sourceColumns), ...ignored]);
  return [...relation.columns.values()].flatMap(({ name, declared }) =>
    known.has(name) ? [] : [`${name} ${declared}`],
  );
}
