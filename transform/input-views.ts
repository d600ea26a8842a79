import { PARTITION_COLUMN } from '../core/dataset.ts';
import { lakeColumns } from '../core/lake-columns.ts';
import { ident, readParquet } from '../engine/sql-text.ts';
import type { BuildInput } from './build-input.ts';

/** One view per input, under the input's name: what `{{name}}` stands for. */
export async function createInputViews(input: BuildInput, except: readonly string[] = []): Promise<void> {
  for (const [name, { dataset }] of Object.entries(input.dataset.inputs)) {
    if (except.includes(name)) continue;
    const files = input.inputs[name] ?? [];
    const relation = readParquet(
      files.map((f) => f.uri),
      lakeColumns(dataset),
    );
    await input.session.run(`CREATE OR REPLACE TEMP VIEW ${ident(name)} AS SELECT * FROM ${relation}`);
  }
}

export const withPartition = (columns: readonly { name: string }[]): string =>
  [...columns.map((c) => ident(c.name)), PARTITION_COLUMN].join(', ');
