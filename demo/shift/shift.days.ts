/** Before the first training: features that look back find nothing in a company's first days. */
const WARM_UP = 14;
/**
 * Labels of the last days are not to be trusted yet: half of the disputes come within eight days. Drift is looked for in
 * whole weeks, or the days of the week would drift.
 */
const WINDOWS = { train: 14, validation: 6, test: 6, delay: 8, current: 7 } as const;
const SPAN = WINDOWS.train + WINDOWS.validation + WINDOWS.test + WINDOWS.delay;
/** So many days of the new world are in the training set of the second model. */
const LEARNED = 10;

/** The second act in days of its company: as before, and then another world. */
export const SHIFT = {
  /** A spring, when every month is as the one before. */
  launch: '2026-03-01',
  rowsPerDay: 1000,
  windows: WINDOWS,
  /** Last days that the new champion scores. */
  scored: 3,
  before: WARM_UP + SPAN,
  after: LEARNED + WINDOWS.validation + WINDOWS.test + WINDOWS.delay,
} as const;
