import { z } from 'zod';
import { StrataError } from '../core/errors.ts';
import { checkFeatures, type Feature, type Table } from './dataset.ts';
import type { Explanation, Model } from './trainer.ts';
import { logistic } from './tree-ensemble.ts';
import { byWeight, shownValue } from './tree-model.ts';

export const LOGISTIC_FORMAT = 'logistic-json';

/** One input of the linear score: a number as it is, or one label of a category as 0 or 1. */
const term = z.object({
  feature: z.number().int().min(0),
  /** Of a category: the code that makes this 1. */
  code: z.number().int().min(0).nullable(),
  /** Used where the number is missing. */
  mean: z.number(),
  /** Standard deviation in training; 1 for categories and constants. */
  scale: z.number().positive(),
  weight: z.number(),
});
export type Term = z.output<typeof term>;

const shape = z.object({ format: z.literal(LOGISTIC_FORMAT), intercept: z.number(), terms: z.array(term) });

/** What a term reads from a row, standardised. */
export function inputOf({ feature, code, mean, scale }: Term, columns: readonly Float64Array[], row: number): number {
  const value = columns[feature]![row]!;
  if (code !== null) return value === code ? 1 : 0;
  return Number.isNaN(value) ? 0 : (value - mean) / scale;
}

/** Weighted sum and logistic function: the baseline that a better model must beat. */
export class LogisticModel implements Model {
  readonly format = LOGISTIC_FORMAT;
  readonly features: readonly Feature[];
  readonly intercept: number;
  readonly terms: readonly Term[];

  constructor(features: readonly Feature[], intercept: number, terms: readonly Term[]) {
    this.features = features;
    this.intercept = intercept;
    this.terms = terms;
  }

  predict(table: Table): Float64Array {
    checkFeatures(this.features, table);
    const columns = table.columns.map((column) => column.values);
    const scores = new Float64Array(table.rows).fill(this.intercept);
    for (const each of this.terms) {
      for (let row = 0; row < scores.length; row++) scores[row]! += each.weight * inputOf(each, columns, row);
    }
    return scores.map(logistic);
  }

  /** Exact: each feature's part of the linear score, measured from the mean row. */
  explain(table: Table, row: number): Explanation {
    checkFeatures(this.features, table);
    const columns = table.columns.map((column) => column.values);
    const parts = new Float64Array(this.features.length);
    for (const each of this.terms) parts[each.feature]! += each.weight * inputOf(each, columns, row);
    const reasons = this.features.map(({ name }, i) => ({
      feature: name,
      contribution: parts[i]!,
      value: shownValue(table.columns[i]!, row),
    }));
    return { base: this.intercept, reasons: reasons.sort(byWeight) };
  }

  save(): Uint8Array {
    const { format, intercept, terms } = this;
    return new TextEncoder().encode(`${JSON.stringify({ format, intercept, terms }, null, 1)}\n`);
  }
}

/** @throws corrupt when the text is not a saved model of these features */
export function readLogistic(text: string, features: readonly Feature[]): LogisticModel {
  try {
    const { intercept, terms } = shape.parse(JSON.parse(text));
    if (terms.every(({ feature }) => feature < features.length)) return new LogisticModel(features, intercept, terms);
  } catch (cause) {
    throw new StrataError('corrupt', 'The model file is damaged: not a logistic model', { cause });
  }
  throw new StrataError('corrupt', 'The model file is damaged: it asks for an unknown feature');
}
