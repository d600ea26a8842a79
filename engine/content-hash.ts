import { createHash } from 'node:crypto';
import type { Column } from '../core/column.ts';
import type { DerivedDataset, SourceDataset } from '../core/dataset.ts';
import { mergeSource } from '../core/pending.ts';
import { positionDecides } from '../core/winner.ts';

/** Raised when Strata itself makes other rows from the same definition: everything becomes code-stale, on purpose. */
const RULES_VERSION = 1;

export interface RowPredicate {
  readonly name: string;
  readonly sql: string;
}

/**
 * 16 hex digits for everything in a definition that decides which rows a build gives. Audits, descriptions, owners and
 * PII classes are not in it: changing them needs no rebuild.
 * @param canonicalSql from `canonicalSql`
 * @param rowChecks all of them, the ones from the columns' zod types included (quality/row-checks.ts)
 */
export function contentHash(dataset: DerivedDataset, canonicalSql: string, rowChecks: readonly RowPredicate[]): string {
  return digest({
    columns: dataset.columns.map(columnText),
    sql: canonicalSql,
    write: dataset.write,
    partitionBy: dataset.partitionBy,
    rowChecks: rowChecks.map(({ name, sql }) => ({ name, sql })),
    ...(dataset.history && { history: { ...dataset.history, track: [...dataset.history.track].sort() } }),
    ...(dataset.write.kind === 'merge' && positionDecides(mergeSource(dataset)) && { winner: 'position' }),
    inputs: Object.entries(dataset.inputs).map(([name, input]) => [name, input.dataset.name, input.mapping]),
  });
}

/** The same for a source dataset: what is read and how. */
export function sourceContentHash(dataset: SourceDataset): string {
  return digest({
    columns: dataset.columns.map(columnText),
    source: dataset.source,
    relation: dataset.relation,
    sourceColumns: dataset.sourceColumns,
    extraction: dataset.extraction,
    partitionBy: dataset.partitionBy,
  });
}

const columnText = ({ name, sqlType, nullable, key }: Column) => ({ name, sqlType, nullable, key });

function digest(content: object): string {
  const text = JSON.stringify({ rules: RULES_VERSION, ...content }, sortedKeys);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The order in which an author writes the keys of an object means nothing. */
function sortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
