import type { DerivedDataset } from './dataset.ts';
import { StrataError } from './errors.ts';
import { durationMillis } from './instant.ts';
import type { Schedule } from './pipeline.ts';
import type { Scoring } from './scoring.ts';

/** Days, counted back from the day a retraining is asked for: `train` is oldest, `delay` youngest. */
export interface RetrainingDays {
  /** Rows that trees are grown from. */
  readonly train: number;
  /** Rows that end the training early, calibrate, and choose the threshold. */
  readonly validation: number;
  /** Rows that neither has seen: champion and challenger are compared on them. */
  readonly test: number;
  /** Labels of younger rows are not to be trusted yet. */
  readonly delay: number;
  /** Rows that drift is looked for in, up to the day itself. */
  readonly current: number;
}

/** How a positive becomes known: a row of `dataset` whose `key` is the features' key. */
export interface Labels {
  readonly dataset: DerivedDataset;
  /** Column of `dataset` that holds the features' key. */
  readonly key: string;
  /** Column of `dataset`: when it was recorded. Labels recorded after the day asked for are not there yet. */
  readonly knownAt: string;
  /** Condition on `dataset`'s columns that makes it a positive. */
  readonly positive: string;
}

export interface RetrainingPolicy {
  /** Least positives in each of training, validation and test. */
  readonly leastPositives: number;
  /** The challenger's average precision is better by at least this, with the confidence below. */
  readonly leastGain: number;
  /** Share of bootstrap samples in which it is. */
  readonly confidence: number;
  /** In no slice of enough rows may it be worse by more than this. */
  readonly mostSliceLoss: number;
  /** Most milliseconds for one row, 99th percentile. */
  readonly mostMillisPerRow: number;
  /** `automatic`: what passes is promoted. `person`: it waits so long, then does what `otherwise` says. */
  readonly approval:
    | { readonly by: 'automatic' }
    | { readonly by: 'person'; readonly within: string; readonly otherwise: 'approve' | 'reject' };
}

/** From which score on a row is an alert. Chosen on the validation set, where the training did not look. */
export type AlertThreshold =
  /** Most positives found with at least this precision. */
  | { readonly by: 'precision'; readonly target: number }
  /** So many alerts a day: what the people who look at them can do. */
  | { readonly by: 'alerts'; readonly perDay: number }
  /** Least cost: a missed positive costs its `amount`, a column of the features; an alert `alertCost`, in the same unit. */
  | { readonly by: 'cost'; readonly alertCost: number; readonly amount: string };

/** After a promotion: how often, how long, and when to go back. */
export interface Monitoring {
  readonly every: string;
  readonly for: string;
  /** Back to the former champion when the new one's average precision on labels that came since is worse by this. */
  readonly mostLoss: number;
}

/**
 * What current rows are compared with: the champion's training set; the time just before, which finds breaks and no slow
 * change; the same days of earlier years or weeks.
 */
export type DriftReference =
  | { readonly kind: 'training' }
  | { readonly kind: 'rolling'; readonly length: string }
  | { readonly kind: 'season'; readonly back: 'year' | 'week'; readonly times?: number; readonly widen?: string };

export const DRIFT_TRIGGERS = ['features', 'prediction', 'target', 'performance'] as const;
export type DriftTrigger = (typeof DRIFT_TRIGGERS)[number];

export interface DriftPolicy {
  readonly reference: DriftReference;
  /** Share of rows whose label must have changed before anybody cares: frauds are few, so it is smaller than for features. */
  readonly leastTargetEffect: number;
  /** What is a reason to train. What is not named is looked at all the same, and shown. */
  readonly triggers: readonly DriftTrigger[];
}

/** A model that is trained again when its data drifts. */
export interface Retraining {
  /** Of the model in the registry. */
  readonly model: string;
  readonly description: string;
  /** One row per event, cut by day of `time`. */
  readonly features: DerivedDataset;
  readonly key: string;
  readonly time: string;
  /** Column whose rows are not independent of each other: the customer. */
  readonly cluster: string;
  readonly numeric: readonly string[];
  readonly categorical: readonly string[];
  /** Columns by which the comparison is told apart. */
  readonly slices: readonly string[];
  readonly labels: Labels;
  readonly days: RetrainingDays;
  /** Parameters of the trainer to try; each a trial of its own. */
  readonly search: readonly Readonly<Record<string, number | string>>[];
  readonly seed: number;
  readonly threshold: AlertThreshold;
  readonly drift: DriftPolicy;
  readonly policy: RetrainingPolicy;
  readonly monitoring: Monitoring;
  /** Name of a webhook in the settings. */
  readonly notify: string | undefined;
  /** Name of the pipeline whose runs look for drift once they are published. */
  readonly after: string | undefined;
  /** When drift is looked for where no pipeline's runs do. */
  readonly schedule: Schedule | undefined;
  /** What the champion scores; undefined: nothing. */
  readonly scoring: Scoring | undefined;
}

export interface RetrainingDefinition
  extends Omit<Retraining, 'notify' | 'after' | 'schedule' | 'scoring' | 'policy' | 'slices' | 'drift'> {
  readonly notify?: string;
  readonly scoring?: Scoring;
  readonly after?: string;
  readonly schedule?: Schedule;
  readonly slices?: readonly string[];
  readonly policy?: Partial<RetrainingPolicy>;
  readonly drift?: Partial<DriftPolicy>;
}

const POLICY: RetrainingPolicy = {
  leastPositives: 30,
  leastGain: 0,
  confidence: 0.95,
  mostSliceLoss: 0.1,
  mostMillisPerRow: 50,
  approval: { by: 'automatic' },
};

const DRIFT: DriftPolicy = { reference: { kind: 'training' }, leastTargetEffect: 0.005, triggers: DRIFT_TRIGGERS };

/**
 * Declares a model that `drift_and_retrain` keeps fit.
 * @throws bad_definition naming the column or the number that does not fit
 */
export function retraining(definition: RetrainingDefinition): Retraining {
  const { model, features, labels } = definition;
  const refuse: Refuse = (message, hint) => {
    throw new StrataError('bad_definition', `${model}: ${message}`, { where: model, ...(hint && { hint }) });
  };
  if (!/^[a-z][a-z0-9_]*$/.test(model)) refuse(`the model's name ${JSON.stringify(model)} is not lower_snake_case`);
  const { key, time, cluster, numeric, categorical, slices = [] } = definition;
  refuseUnknown(features, [key, time, cluster, ...numeric, ...categorical, ...slices], refuse);
  refuseUnknown(labels.dataset, [labels.key, labels.knownAt], refuse);
  const { partitionBy } = features;
  if (partitionBy.kind !== 'time' || partitionBy.grain !== 'day') refuse(`${features.name} is not cut by day`);
  refuseBadThreshold(definition, refuse);
  if (numeric.length + categorical.length === 0) refuse('no feature is named');
  if (definition.search.length === 0)
    refuse('search is empty', 'Name at least one set of parameters; {} is the default.');
  for (const [name, days] of Object.entries(definition.days)) {
    if (!Number.isInteger(days) || days < (name === 'delay' ? 0 : 1)) refuse(`days.${name} is ${days}`);
  }
  for (const duration of [definition.monitoring.every, definition.monitoring.for]) durationMillis(duration);
  const { notify, after, schedule, scoring } = definition;
  if (after !== undefined && schedule) {
    refuse(
      'has both after and schedule: a day would be looked at twice',
      `Keep after: ${after}, or keep the schedule.`,
    );
  }
  const drift = { ...DRIFT, ...definition.drift };
  refuseWrongDrift(drift, refuse);
  const policy = { ...POLICY, ...definition.policy };
  return { ...definition, slices, notify, after, schedule, scoring, drift, policy };
}

function refuseWrongDrift({ reference, leastTargetEffect, triggers }: DriftPolicy, refuse: Refuse): void {
  if (!(leastTargetEffect > 0 && leastTargetEffect < 1))
    refuse(`drift.leastTargetEffect is ${leastTargetEffect}`, 'It is a share of rows: more than 0, less than 1.');
  if (triggers.length === 0) refuse('drift.triggers is empty', `Name at least one of: ${DRIFT_TRIGGERS.join(', ')}.`);
  if (reference.kind === 'rolling') durationMillis(reference.length);
  if (reference.kind === 'season' && reference.widen !== undefined) durationMillis(reference.widen);
}

function refuseBadThreshold({ threshold, features }: RetrainingDefinition, refuse: Refuse): void {
  if (threshold.by === 'cost') refuseUnknown(features, [threshold.amount], refuse);
  const fits =
    threshold.by === 'cost'
      ? threshold.alertCost >= 0
      : threshold.by === 'alerts'
        ? threshold.perDay >= 1
        : threshold.target > 0 && threshold.target <= 1;
  if (fits) return;
  refuse(
    `the threshold ${JSON.stringify(threshold)} makes no sense`,
    'A precision is above 0 and at most 1, perDay from 1, alertCost from 0.',
  );
}

type Refuse = (message: string, hint?: string) => never;

function refuseUnknown({ name, columns }: DerivedDataset, used: readonly string[], refuse: Refuse): void {
  const known = columns.map((c) => c.name);
  const unknown = used.find((column) => !known.includes(column));
  if (unknown !== undefined) refuse(`${name} has no column ${unknown}`, `It has: ${known.join(', ')}.`);
}
