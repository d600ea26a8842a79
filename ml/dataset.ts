import { StrataError } from '../core/errors.ts';

export type FeatureKind = 'number' | 'category';

/** What a model is given per row, without the rows: its signature. */
export interface Feature {
  readonly name: string;
  readonly kind: FeatureKind;
  /** Of a category: the label of each code, `labels[code]`. A label that is not among them counts as missing. */
  readonly labels?: readonly string[];
}

export interface Column extends Feature {
  /** A category's code, or the number; NaN is missing. */
  readonly values: Float64Array;
}

/** Columns of equal length. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: number;
}

/** What a trainer learns from. */
export interface Dataset extends Table {
  /** 1 for what is to be found (a fraud), 0 for the rest. */
  readonly target: Uint8Array;
}

/** Threads read shared memory; anything else is copied once before training. */
export const sharedColumn = (rows: number): Float64Array => new Float64Array(new SharedArrayBuffer(rows * 8));

export const shared = <A extends Float64Array | Uint8Array>(values: A): A => {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const memory = new SharedArrayBuffer(values.byteLength);
  const copy = values instanceof Float64Array ? new Float64Array(memory) : new Uint8Array(memory);
  copy.set(values);
  return copy as A;
};

export const featuresOf = (table: Table): Feature[] =>
  table.columns.map(({ name, kind, labels }) => (labels ? { name, kind, labels } : { name, kind }));

/** @throws bad_input when a model of these features cannot read the table */
export function checkFeatures(features: readonly Feature[], table: Table): void {
  const problem = featureProblem(features, table);
  if (problem === undefined) return;
  throw new StrataError('bad_input', `The model cannot read this table: ${problem}`, {
    hint: `It needs these columns in this order: ${features.map((f) => `${f.name} (${f.kind})`).join(', ')}.`,
  });
}

function featureProblem(features: readonly Feature[], { columns, rows }: Table): string | undefined {
  if (columns.length !== features.length) return `${columns.length} columns instead of ${features.length}`;
  for (const [i, { name, kind, labels }] of features.entries()) {
    const column = columns[i]!;
    if (column.name !== name) return `column ${i + 1} is ${column.name} instead of ${name}`;
    if (column.kind !== kind) return `${name} is a ${column.kind} instead of a ${kind}`;
    if (column.values.length !== rows) return `${name} has ${column.values.length} values instead of ${rows}`;
    if (labels && column.labels && labels.some((label, code) => column.labels![code] !== label)) {
      return `${name} has other codes for its labels`;
    }
  }
  return undefined;
}

/** The rows at these places, in this order. */
export function rowsOf(dataset: Dataset, places: ArrayLike<number>): Dataset {
  const rows = places.length;
  const columns = dataset.columns.map((column) => {
    const values = sharedColumn(rows);
    for (let i = 0; i < rows; i++) values[i] = column.values[places[i]!]!;
    return { ...column, values };
  });
  const target = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) target[i] = dataset.target[places[i]!]!;
  return { columns, rows, target };
}
