import { type Column, checkFeatures, type Table } from './dataset.ts';
import { writeLightgbm } from './lightgbm-write.ts';
import type { Explanation, Model, Reason } from './trainer.ts';
import { probabilitiesOf, type TreeEnsemble } from './tree-ensemble.ts';
import { contributionsOf } from './tree-shap.ts';

export const LIGHTGBM_FORMAT = 'lightgbm-text';

/** A tree ensemble as a model; its artifact is LightGBM's text. */
export class TreeModel implements Model {
  readonly format = LIGHTGBM_FORMAT;
  readonly ensemble: TreeEnsemble;

  constructor(ensemble: TreeEnsemble) {
    this.ensemble = ensemble;
  }

  get features(): TreeEnsemble['features'] {
    return this.ensemble.features;
  }

  predict(table: Table): Float64Array {
    checkFeatures(this.features, table);
    return probabilitiesOf(this.ensemble, table);
  }

  /** Exact Shapley values, path-dependent (TreeSHAP): they add up to the score. */
  explain(table: Table, row: number): Explanation {
    checkFeatures(this.features, table);
    const values = table.columns.map((column) => column.values[row]!);
    const { base, contributions } = contributionsOf(this.ensemble, values);
    return {
      base,
      reasons: this.features
        .map((feature, i) => ({
          feature: feature.name,
          contribution: contributions[i]!,
          value: shownValue(table.columns[i]!, row),
        }))
        .sort(byWeight),
    };
  }

  save(): Uint8Array {
    return new TextEncoder().encode(writeLightgbm(this.ensemble));
  }
}

export const byWeight = (a: Reason, b: Reason): number => Math.abs(b.contribution) - Math.abs(a.contribution);

export function shownValue({ values, labels }: Column, row: number): number | string | null {
  const value = values[row]!;
  if (Number.isNaN(value)) return null;
  return labels ? (labels[value] ?? null) : value;
}
