import { StrataError } from '../core/errors.ts';
import type { Column, Dataset } from './dataset.ts';

/** Fewer say nothing about a population: not about its metrics, and even less about a threshold. */
export const LEAST_ROWS = 100;
export const LEAST_POSITIVES = 10;

export interface DataWarning {
  readonly feature: string;
  readonly problem: 'constant' | 'all missing';
}

/**
 * @returns features that teach nothing, which is no error: they are learned from without effect and reported
 * @throws bad_input on too few rows, one class only, no feature at all, infinite values, or columns that do not fit
 */
export function checkTrainingData(dataset: Dataset, called = 'training data'): DataWarning[] {
  const { columns, rows, target } = dataset;
  const refuse = (what: string, hint: string) => {
    throw new StrataError('bad_input', `The ${called} cannot be used: ${what}`, { hint });
  };
  if (columns.length === 0) refuse('it has no features', 'Name at least one feature.');
  const short = columns.find(({ values }) => values.length !== rows);
  if (short || target.length !== rows) refuse('its columns differ in length', 'Give every column a value per row.');
  if (rows < LEAST_ROWS) {
    refuse(`${rows} rows, at least ${LEAST_ROWS} are needed`, 'Take a longer range, or wait for more data.');
  }
  let positives = 0;
  for (const label of target) {
    if (label > 1) refuse(`a label is ${label}`, 'Labels are 0 or 1.');
    positives += label;
  }
  const fewest = Math.min(positives, rows - positives);
  if (fewest === 0) {
    refuse(`all ${rows} rows are of one class`, 'Take a range whose labels are known and that holds both classes.');
  }
  if (fewest < LEAST_POSITIVES) {
    refuse(`only ${fewest} rows of one class, at least ${LEAST_POSITIVES} are needed`, 'Take a longer range.');
  }
  const warnings = columns.flatMap(warningOf);
  if (warnings.length === columns.length) {
    refuse('every feature is constant or missing', 'Look at how the features are computed.');
  }
  return warnings;
}

function warningOf({ name, kind, values }: Column): DataWarning[] {
  let first = Number.NaN;
  let missing = 0;
  let varies = false;
  for (const value of values) {
    if (Number.isNaN(value)) missing += 1;
    else if (Number.isNaN(first)) first = value;
    else if (value !== first) varies = true;
    if (value === Infinity || value === -Infinity) {
      throw new StrataError('bad_input', `Feature ${name} holds an infinite value`, {
        hint: 'Divide by nullif(x, 0), so that it is missing instead.',
      });
    }
    if (kind === 'category' && !Number.isNaN(value) && (value < 0 || !Number.isInteger(value))) {
      throw new StrataError('bad_input', `Category ${name} holds the code ${value}`, {
        hint: 'Codes are whole numbers from 0.',
      });
    }
  }
  if (missing === values.length) return [{ feature: name, problem: 'all missing' }];
  return varies || missing > 0 ? [] : [{ feature: name, problem: 'constant' }];
}
