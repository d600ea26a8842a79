import { type Dataset, type DerivedDataset, WHOLE } from '../../core/dataset.ts';
import type { Grain } from '../../core/interval.ts';
import { ident, literal } from '../../engine/sql-text.ts';
import { compileRowChecks } from '../../quality/row-checks.ts';

const NAMES: Record<Grain, (moment: string) => string> = {
  hour: (at) => `strftime(${at}, '%Y-%m-%dT%H')`,
  day: (at) => `${at}::DATE::VARCHAR`,
  week: (at) => `strftime(date_trunc('week', ${at}), '%Y-%m-%d') || 'w'`,
  month: (at) => `strftime(${at}, '%Y-%m')`,
};

/** The partition's name of a row. */
export function partitionOf(dataset: Dataset): string {
  const { partitionBy } = dataset;
  if (partitionBy.kind === WHOLE) return `'${WHOLE}'`;
  const column = ident(partitionBy.column);
  if (partitionBy.kind === 'bucket') {
    const { count } = partitionBy;
    const number = `coalesce(('0x' || substr(md5(${column}::VARCHAR), 1, 8))::BIGINT % ${count}, 0)`;
    return `'b' || lpad(${number}::VARCHAR, ${Math.max(2, `${count - 1}`.length)}, '0') || 'of${count}'`;
  }
  const isDate = dataset.columns.find((c) => c.name === partitionBy.column)?.sqlType === 'DATE';
  return NAMES[partitionBy.grain](isDate ? `${column}::TIMESTAMP` : `make_timestamp(epoch_us(${column}))`);
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

/** Of a table without a key: a text of the whole row. */
export const keyText = (key: readonly string[]): string =>
  key.length === 1
    ? `${ident(key[0]!)}::VARCHAR`
    : `concat_ws('|', ${key.map((c) => `${ident(c)}::VARCHAR`).join(', ')})`;
