import { PARTITION_COLUMN } from '../core/dataset.ts';
import { timelessColumns } from '../core/history.ts';
import { lakeColumns } from '../core/lake-columns.ts';
import { ident, readParquet } from '../engine/sql-text.ts';
import type { BuildInput } from './build-input.ts';

/** One view per input, under the input's name: what `{{name}}` stands for. */
export async function createInputViews(input: BuildInput, except: readonly string[] = []): Promise<void> {
  for (const [name, { dataset, mapping }] of Object.entries(input.dataset.inputs)) {
    if (except.includes(name)) continue;
    const files = input.inputs[name] ?? [];
    const relation = readParquet(
      files.map((f) => f.uri),
      lakeColumns(dataset),
    );
    const history = mapping.kind === 'asOf' && dataset.kind === 'derived' ? dataset.history : undefined;
    const shown = history ? timelessColumns(history).map(ident).join(', ') : '*';
    await input.session.run(`CREATE OR REPLACE TEMP VIEW ${ident(name)} AS SELECT ${shown} FROM ${relation}`);
  }
}

export const withPartition = (columns: readonly { name: string }[]): string =>
  [...columns.map((c) => ident(c.name)), PARTITION_COLUMN].join(', ');
