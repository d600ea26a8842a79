import { z } from 'zod';

// What the report reads of the files that a retraining keeps. Figures that an older or newer Strata does not write are left out.

const file = z.object({ path: z.string(), sha256: z.string() });
const interval = z.object({ start: z.string(), end: z.string() });
const numbers = z.record(z.string(), z.number());

export const challengerShape = z.object({
  resolved: z.object({
    asOf: z.string(),
    windows: z.record(z.string(), interval),
    champion: z.number().nullable(),
    force: z.boolean(),
    monitoring: z.object({ every: z.string(), for: z.string(), mostLoss: z.number() }),
    evidence: z.string(),
  }),
  sets: z.record(z.string(), file.extend({ rows: z.number(), positives: z.number() })),
  trials: z.array(
    z.object({ trial: z.number(), averagePrecision: z.number(), millis: z.number(), warnings: z.array(z.string()) }),
  ),
  best: z.number(),
  threshold: z.looseObject({
    alerts: z.number(),
    precision: z.number(),
    recall: z.number(),
    problem: z.string().optional(),
  }),
  drift: z.object({
    drifted: z.array(z.string()),
    features: z.number(),
    reference: z.string(),
    rows: z.object({ reference: z.number(), current: z.number() }),
    report: file,
    figures: file.optional(),
    reasons: z.array(z.string()).optional(),
  }),
});

const side = z.object({ averagePrecision: z.number(), calibrationError: z.number().optional() });

export const comparisonShape = z.object({
  /** null: there was nobody to compare with, or nobody who could score the same rows. */
  champion: side.nullable(),
  challenger: side,
  gain: z.object({ value: z.number(), low: z.number(), high: z.number(), sure: z.number() }).optional(),
  slices: z
    .array(
      z.object({
        ...{ slice: z.string(), value: z.string(), rows: z.number(), positives: z.number() },
        ...{ champion: z.number(), challenger: z.number() },
      }),
    )
    .default([]),
  millisPerRow: z.number().optional(),
  gates: z.array(z.object({ gate: z.string(), passes: z.boolean(), finding: z.string() })),
  passes: z.boolean(),
});

export const watchShape = z.object({ round: z.number(), says: z.string(), finding: z.string() });

export const outcomeShape = z.object({ ending: z.string() });

export const metricsShape = numbers;

export type ChallengerEvidence = z.output<typeof challengerShape>;
export type ComparisonEvidence = z.output<typeof comparisonShape>;
export type WatchEvidence = z.output<typeof watchShape>;
