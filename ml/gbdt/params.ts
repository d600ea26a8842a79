import { z } from 'zod';
import { StrataError } from '../../core/errors.ts';

/** Names and meanings are LightGBM's where there is one; its name is in parentheses. */
const shape = z.strictObject({
  /** Trees at most (num_iterations); early stopping may end with fewer. */
  trees: z.number().int().min(1).max(10_000).default(300),
  learningRate: z.number().positive().max(1).default(0.05),
  /** Leaves per tree (num_leaves); the best leaf is split next. */
  leaves: z.number().int().min(2).max(4096).default(31),
  /** 0: no limit (max_depth). */
  maxDepth: z.number().int().min(0).max(1000).default(0),
  /** (max_bin) */
  bins: z.number().int().min(2).max(65_000).default(2048),
  /** (min_data_in_bin) */
  minRowsPerBin: z.number().int().min(1).default(3),
  /** (min_data_in_leaf) */
  minRowsPerLeaf: z.number().int().min(1).default(20),
  /** (min_sum_hessian_in_leaf) */
  minHessian: z.number().min(1e-9).default(1e-3),
  /** (lambda_l2) */
  l2: z.number().min(0).default(1),
  /** (min_gain_to_split) */
  minGain: z.number().min(0).default(0),
  /** How much a positive counts (scale_pos_weight); `balanced`: as much in all as the negatives. */
  positiveWeight: z.union([z.number().positive(), z.literal('balanced')]).default(1),
  /** Share of the rows that each tree sees, drawn anew for each (bagging_fraction, bagging_freq 1). */
  rowShare: z.number().positive().max(1).default(1),
  /** Share of the features that each tree sees (feature_fraction). */
  featureShare: z.number().positive().max(1).default(1),
  /** Categories with at most so many values are split one against the rest (max_cat_to_onehot). */
  oneHotCategories: z.number().int().min(1).default(4),
  /** (max_cat_threshold) */
  maxCategoriesPerSplit: z.number().int().min(1).default(32),
  /** (cat_smooth) */
  categorySmoothing: z.number().min(0).default(10),
  /** (cat_l2) */
  categoryL2: z.number().min(0).default(10),
  /** (min_data_per_group) */
  minRowsPerCategory: z.number().int().min(1).default(100),
  /** Judged on the validation set after every tree. */
  metric: z.enum(['average_precision', 'log_loss']).default('average_precision'),
  /** Ends after so many trees without a better metric, and drops them; 0: never (early_stopping_round). */
  earlyStopping: z.number().int().min(0).default(50),
  /** 0: as many as there are cores, where the data is large enough to gain from it. Never changes the result. */
  threads: z.number().int().min(0).max(64).default(0),
  /** MiB for histograms in all; with less, more of them are computed again (histogram_pool_size). */
  histogramMemory: z.number().positive().default(256),
});

export type GbdtParams = z.output<typeof shape>;
export type GbdtParamsInput = z.input<typeof shape>;

/** @throws bad_input naming what does not fit */
export function gbdtParams(input: unknown): GbdtParams {
  const result = shape.safeParse(input ?? {});
  if (result.success) return result.data;
  throw new StrataError('bad_input', `Parameters of the training cannot be used: ${z.prettifyError(result.error)}`, {
    hint: `Known are ${Object.keys(shape.shape).join(', ')}.`,
  });
}
