import type { Dataset, DerivedDataset } from '../../core/dataset.ts';
import { ident, literal } from '../../engine/sql-text.ts';
import { compileRowChecks } from '../../quality/row-checks.ts';

/** The partition's name of a row. All tables of the project are cut by day or not at all. */
export function partitionOf(dataset: Dataset): string {
  const { partitionBy } = dataset;
  if (partitionBy.kind === 'all') return "'all'";
  const column = ident(partitionBy.column);
  const isDate = dataset.columns.find((c) => c.name === partitionBy.column)?.sqlType === 'DATE';
  return isDate ? `${column}::VARCHAR` : `make_timestamp(epoch_us(${column}))::DATE::VARCHAR`;
}

/** Names of the failed checks as a list; null for a good row. */
export function failedChecks(dataset: DerivedDataset): string {
  const checks = compileRowChecks(dataset);
  const names = checks.map(
    ({ name, sql }) => `CASE WHEN coalesce((${sql}), false) THEN NULL ELSE ${literal(name)} END`,
  );
  return `CASE WHEN ${checks.map(({ sql }) => `coalesce((${sql}), false)`).join(' AND ') || 'true'} THEN NULL
    ELSE list_filter([${names.join(', ')}], lambda name: name IS NOT NULL) END`;
}

export const keyText = (key: readonly string[]): string =>
  key.length === 1
    ? `${ident(key[0]!)}::VARCHAR`
    : `concat_ws('|', ${key.map((c) => `${ident(c)}::VARCHAR`).join(', ')})`;
