import type { z } from 'zod';
import type { Check } from './check.ts';
import { type Column, type ColumnShape, columnsOf } from './column.ts';
import {
  type Dataset,
  type DerivedDataset,
  type PartitionBy,
  type SourceDataset,
  WHOLE,
  type WriteMode,
} from './dataset.ts';
import { StrataError } from './errors.ts';
import { type HistoryShape, type Type2, withHistory } from './history.ts';
import { refuseBadHistory } from './history-rules.ts';
import type { Grain } from './interval.ts';
import { type Input, inputBuilders } from './mapping.ts';
import { type Extraction, keySnapshotsOf, type SourceColumns, type SourceRef } from './source.ts';

const partition =
  (grain: Grain) =>
  /** @param options `toDate`: published while the interval runs, as it stands so far, instead of when it is over */
  (column: string, options: { toDate?: boolean } = {}): PartitionBy => ({
    ...{ kind: 'time', column, grain },
    ...(options.toDate && { toDate: true }),
  });
export const hour = partition('hour');
export const day = partition('day');
export const week = partition('week');
export const month = partition('month');
export const whole = (): PartitionBy => ({ kind: WHOLE });

/** @param options.deletes `keep`: the SQL sees deletions too (`raw._op = 'd'`), and each becomes a row; default: it removes its key */
export const merge = (options: { latestBy: string; deletes?: 'keep' }): WriteMode => ({ kind: 'merge', ...options });
export const replace = (): WriteMode => ({ kind: 'replace' });

/** The type of a row, from the columns: `type Payment = Row<typeof payments>`. */
export type Row<D> = D extends { readonly shape: infer S extends ColumnShape }
  ? { [K in keyof S]: z.infer<S[K]> }
  : never;

interface Common<S extends ColumnShape> {
  /** `layer.table`, both lower_snake_case. */
  name: string;
  description: string;
  /** Who answers for it; default `data`. */
  owner?: string;
  columns: S;
  checks?: Check[];
}

export interface SourceDefinition<S extends ColumnShape> extends Common<S> {
  source: SourceRef;
  relation: string;
  extraction: Extraction;
  sourceColumns?: SourceColumns<S>;
  /** Columns of the source (of a document: fields of its first level) that are left out on purpose; others are reported. */
  ignored?: readonly string[];
}

export interface DerivedDefinition<S extends ColumnShape> extends Common<S> {
  inputs: Record<string, Dataset | Input>;
  /** Default: not partitioned. */
  partitionBy?: PartitionBy;
  sql: string;
  /** Default: replace. */
  write?: WriteMode;
}

/** A derived dataset whose SQL gives versions: see {@link type2}. */
export type HistoryDefinition<S extends ColumnShape, K extends string> = DerivedDefinition<S> & {
  history: Type2<keyof NoInfer<S> & string, K>;
};

/** Declares a bronze dataset: observations of a source table. */
export function source<const S extends ColumnShape>(
  definition: SourceDefinition<S>,
): SourceDataset & { readonly shape: S } {
  const common = commonOf(definition);
  const { extraction } = definition;
  if (extraction.kind === 'cursor') requireColumn(common, extraction.column, 'the cursor');
  if (keySnapshotsOf(extraction) && common.key.length === 0) {
    throw new StrataError('bad_definition', `${common.name} asks for key snapshots, but no column is marked key(...)`, {
      where: common.name,
      hint: 'Mark the columns that tell rows apart with key(...), or leave `deletes` out.',
    });
  }
  if (keySnapshotsOf(extraction) && common.key.includes(cursorOf(extraction))) {
    throw new StrataError('bad_definition', `${common.name}: its cursor is part of the key, so no key is ever gone`, {
      where: common.name,
      hint: 'Mark only columns that never change with key(...), or leave `deletes` out.',
    });
  }
  const partitionBy: PartitionBy =
    extraction.kind === 'cursor' ? day(extraction.column) : { kind: 'time', column: '_observed_at', grain: 'day' };
  const dataset: SourceDataset & { readonly shape: S } = {
    ...common,
    kind: 'source',
    source: definition.source,
    relation: definition.relation,
    sourceColumns: Object.fromEntries(
      common.columns.map((c) => [c.name, definition.sourceColumns?.[c.name] ?? c.name]),
    ),
    ...(definition.ignored && { ignored: definition.ignored }),
    extraction,
    partitionBy,
    shape: definition.columns,
    ...inputBuilders(() => dataset),
  };
  return dataset;
}

/** Declares a silver or gold dataset: one SQL statement over its inputs. */
export function dataset<const S extends ColumnShape, const K extends string>(
  definition: HistoryDefinition<S, K>,
): DerivedDataset & { readonly shape: S & HistoryShape<K> };
export function dataset<const S extends ColumnShape>(
  definition: DerivedDefinition<S> & { history?: undefined },
): DerivedDataset & { readonly shape: S };
export function dataset(
  definition: DerivedDefinition<ColumnShape> & { history?: Type2 | undefined },
): DerivedDataset & { readonly shape: ColumnShape } {
  const { history } = definition;
  const shape = history ? withHistory(definition.columns, history) : definition.columns;
  const common = commonOf({ ...definition, columns: shape });
  const partitionBy = definition.partitionBy ?? whole();
  const write = definition.write ?? replace();
  if (partitionBy.kind !== 'all') requireColumn(common, partitionBy.column, 'the partition');
  const inputs = Object.fromEntries(Object.entries(definition.inputs).map(([name, input]) => [name, toInput(input)]));
  if (write.kind === 'merge') {
    requireColumn(common, write.latestBy, 'latestBy');
    const first = Object.values(inputs)[0];
    if (first?.dataset.kind !== 'source' || first.mapping.kind !== 'aligned') {
      throw new StrataError('bad_definition', `${common.name} merges, so its first input must be a source dataset`, {
        where: common.name,
      });
    }
    if (common.key.length === 0) {
      throw new StrataError('bad_definition', `${common.name} merges by key, but no column is marked key(...)`, {
        where: common.name,
      });
    }
  }
  if (history) refuseBadHistory({ ...common, partitionBy, write, inputs }, history);
  const result: DerivedDataset & { readonly shape: ColumnShape } = {
    ...common,
    kind: 'derived',
    inputs,
    sql: definition.sql,
    write,
    partitionBy,
    ...(history && { history }),
    shape,
    ...inputBuilders(() => result),
  };
  return result;
}

const toInput = (input: Dataset | Input): Input =>
  'mapping' in input ? input : { dataset: input, mapping: { kind: 'aligned' } };

function commonOf<S extends ColumnShape>(definition: Common<S>) {
  if (!/^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/.test(definition.name)) {
    throw new StrataError('bad_definition', `Dataset name ${JSON.stringify(definition.name)} is not layer.table`, {
      hint: 'Two lower_snake_case words with a dot between, such as silver.payment.',
    });
  }
  const columns = columnsOf(definition.columns);
  for (const { name, renamedFrom } of columns) {
    if (renamedFrom === undefined || columns.every((c) => c.name !== renamedFrom)) continue;
    throw new StrataError(
      'bad_definition',
      `${definition.name}: ${name} is renamed from ${renamedFrom}, which is declared too`,
      {
        where: definition.name,
        hint: 'A file holds a column under one name: take one of the two away, or leave renamed(...) out.',
      },
    );
  }
  return {
    name: definition.name,
    description: definition.description,
    owner: definition.owner ?? 'data',
    columns,
    key: columns.filter((c) => c.key).map((c) => c.name),
    checks: definition.checks ?? [],
  };
}

const cursorOf = (extraction: Extraction): string => (extraction.kind === 'cursor' ? extraction.column : '');

function requireColumn(common: { name: string; columns: readonly Column[] }, column: string, role: string): void {
  if (!common.columns.some((c) => c.name === column)) {
    throw new StrataError('bad_definition', `${common.name}: ${role} column ${column} is not declared`, {
      where: common.name,
      hint: `Declared are: ${common.columns.map((c) => c.name).join(', ')}.`,
    });
  }
}
