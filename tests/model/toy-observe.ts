import type { SourceDataset } from '../../core/dataset.ts';
import type { CoverageEntry } from '../../core/ledger.ts';
import { dayAt, groupBy, keyOf, partitionOf, type Row } from './toy-rows.ts';

/** What one look at a source saw. */
export interface Look {
  readonly source: SourceDataset;
  readonly rows: readonly Row[];
  readonly position: number;
  readonly at: number;
  readonly coverage: CoverageEntry;
}

export const bronzePartition = (source: SourceDataset, row: Row): string =>
  source.extraction.kind === 'snapshot' ? dayAt(row._observed_at as number) : partitionOf(source, row);

export const same = (source: SourceDataset, a: Row, b: Row): boolean =>
  a._op === b._op && source.columns.every(({ name }) => a[name] === b[name]);

export function newestOf(rows: readonly Row[]): Row | undefined {
  return rows.reduce<Row | undefined>(
    (best, row) => (best && best._position! >= row._position! ? best : row),
    undefined,
  );
}

/** The bronze rule: what a look saw, less what bronze knows. */
export function observe(look: Look, existing: readonly Row[]): Row[] {
  return look.source.extraction.kind === 'snapshot' ? differences(look, existing) : unknown(look, existing);
}

function unknown({ source, rows }: Look, existing: readonly Row[]): Row[] {
  const scope = (row: Row) => `${partitionOf(source, row)} ${keyOf(source, row)}`;
  const known = groupBy(existing, scope);
  return rows.filter((row) => {
    const versions = known.get(scope(row)) ?? [];
    // A second, slower look at one picture must not add it again behind a newer look.
    const newest = versions.find((v) => v._position === row._position) ?? newestOf(versions);
    return !newest || !same(source, row, newest);
  });
}

function differences({ source, rows, position, at }: Look, existing: readonly Row[]): Row[] {
  const heads = new Map([...groupBy(existing, (r) => keyOf(source, r))].map(([key, all]) => [key, newestOf(all)!]));
  const seen = new Set(rows.map((r) => keyOf(source, r)));
  const changed = rows.filter((row) => {
    const head = heads.get(keyOf(source, row));
    return !head || !same(source, row, head);
  });
  const gone = [...heads.values()]
    .filter((head) => head._op !== 'd' && !seen.has(keyOf(source, head)))
    .map((head) => ({ ...head, _op: 'd', _position: position, _observed_at: at }));
  return [...changed, ...gone];
}
