import type { DerivedDataset } from './dataset.ts';
import { StrataError } from './errors.ts';

/** A SELECT over published tables, under a name of its own in the warehouse. It holds no rows: the lake does not know it. */
export interface View {
  readonly name: string;
  readonly description: string;
  /** What its SQL reads, as `{{fact_payment}}`: tables that the same pipeline publishes. */
  readonly tables: readonly DerivedDataset[];
  /** Path below the project's SQL folder. In words that DuckDB and Snowflake share. */
  readonly sql: string;
  /** Descriptions of columns that are not described, under the same name, by one of `tables` (the first that has it counts). */
  readonly describe: Readonly<Record<string, string>>;
}

export interface ViewDefinition extends Omit<View, 'describe'> {
  readonly describe?: Readonly<Record<string, string>>;
}

/** Declares a view of the warehouse; a pipeline lists it under `views`. */
export function view(definition: ViewDefinition): View {
  if (!/^[a-z][a-z0-9_]*$/.test(definition.name)) {
    throw new StrataError('bad_definition', `View name ${JSON.stringify(definition.name)} is not lower_snake_case`, {
      hint: 'Views have no layer; they live beside the published tables.',
    });
  }
  return { ...definition, describe: definition.describe ?? {} };
}
