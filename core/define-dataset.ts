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
import type { Grain } from './interval.ts';
import { type Input, inputBuilders } from './mapping.ts';
import { type Extraction, keySnapshotsOf, type SourceColumns, type SourceRef } from './source.ts';

const partition =
  (grain: Grain) =>
  (column: string): PartitionBy => ({ kind: 'time', column, grain });
export const hour = partition('hour');
export const day = partition('day');
export const week = partition('week');
export const month = partition('month');
export const whole = (): PartitionBy => ({ kind: WHOLE });

export const merge = (options: { latestBy: string }): WriteMode => ({ kind: 'merge', latestBy: options.latestBy });
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
}

export interface DerivedDefinition<S extends ColumnShape> extends Common<S> {
  inputs: Record<string, Dataset | Input>;
  /** Default: not partitioned. */
  partitionBy?: PartitionBy;
  sql: string;
  /** Default: replace. */
  write?: WriteMode;
}

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
    extraction,
    partitionBy,
    shape: definition.columns,
    ...inputBuilders(() => dataset),
  };
  return dataset;
}

/** Declares a silver or gold dataset: one SQL statement over its inputs. */
export function dataset<const S extends ColumnShape>(
  definition: DerivedDefinition<S>,
): DerivedDataset & { readonly shape: S } {
  const common = commonOf(definition);
  const partitionBy = definition.partitionBy ?? whole();
  const write = definition.write ?? replace();
  if (partitionBy.kind === 'time') requireColumn(common, partitionBy.column, 'the partition');
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
  const result: DerivedDataset & { readonly shape: S } = {
    ...common,
    kind: 'derived',
    inputs,
    sql: definition.sql,
    write,
    partitionBy,
    shape: definition.columns,
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
  return {
    name: definition.name,
    description: definition.description,
    owner: definition.owner ?? 'data',
    columns,
    key: columns.filter((c) => c.key).map((c) => c.name),
    checks: definition.checks ?? [],
  };
}

function requireColumn(common: { name: string; columns: readonly Column[] }, column: string, role: string): void {
  if (!common.columns.some((c) => c.name === column)) {
    throw new StrataError('bad_definition', `${common.name}: ${role} column ${column} is not declared`, {
      where: common.name,
      hint: `Declared are: ${common.columns.map((c) => c.name).join(', ')}.`,
    });
  }
}
