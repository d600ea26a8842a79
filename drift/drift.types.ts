export type ColumnKind = 'numeric' | 'categorical';

/** `target`: the label; `prediction`: the model's score or decision. They are judged apart from the features. */
export type ColumnRole = 'feature' | 'target' | 'prediction';

export interface DriftColumn {
  readonly name: string;
  /** Default: by the column's SQL type, numbers numeric, text and booleans categorical. */
  readonly kind?: ColumnKind;
  readonly role?: ColumnRole;
  /** For this column alone, instead of the option of that name: a target of 1 % needs a smaller one. */
  readonly leastEffect?: number;
}

/** Rows on one side: something that SQL can put behind FROM, such as what `readParquet` gives. */
export interface Sample {
  readonly relation: string;
  /** For people: `training set v12`, `[2026-11-01, 2026-11-08)`. */
  readonly label: string;
}

export interface SideSummary {
  readonly rows: number;
  /** NULL, NaN and infinities. */
  readonly missing: number;
  readonly distinct: number;
  readonly mean?: number;
  /** Of the population (ddof 0). */
  readonly std?: number;
  readonly min?: number;
  readonly max?: number;
}

/** What can be computed is there; `undefined`: the measure has no meaning for this column. */
export interface Measures {
  readonly psi: number;
  /** KL(reference || current). */
  readonly kullbackLeibler: number;
  readonly jensenShannon: number;
  /** Half the sum of differences of shares: the share of rows that would have to change their cell. */
  readonly totalVariation: number;
  /** Divided by the reference's standard deviation. */
  readonly wasserstein?: number;
  readonly ks?: number;
  readonly ksP?: number;
  readonly chiSquared?: number;
  readonly chiSquaredP?: number;
  readonly z?: number;
  readonly zP?: number;
  /** Current less reference. */
  readonly missingShareDifference: number;
  /** Values that the reference does not have; for categories. */
  readonly newCategories?: number;
  /** Share of the current rows that hold one of them. */
  readonly newCategoryShare?: number;
}

export type TestName = 'ks' | 'chi_squared' | 'z' | 'wasserstein' | 'jensen_shannon';

/** Evidently's choice of test, its score and what it says of it. */
export interface DefaultTest {
  readonly test: TestName;
  readonly score: number;
  /** Of a p-value: drifted below; of a distance: drifted from. */
  readonly threshold: number;
  readonly drifted: boolean;
}

/**
 * `ok`: compared. The others say why it was not, or not wholly: they are results, not errors, because one broken column must
 * not hide what the others say.
 */
export type ColumnState =
  | 'ok'
  | 'reference_empty'
  | 'current_empty'
  | 'too_few_rows'
  | 'reference_all_missing'
  | 'current_all_missing'
  | 'all_missing'
  | 'constant';

/** Does at least `leastEffect` of the rows lie elsewhere than in the reference? See verdict.ts. */
export interface Verdict {
  readonly says: 'drift' | 'no_drift' | 'undecided';
  /** Share of rows that moved: Kolmogorov-Smirnov's distance for numbers, total variation for categories, the change of the
   *  missing share where that is surer. */
  readonly effect: number;
  /** The true effect is at least, and at most, this with the asked confidence. */
  readonly atLeast: number;
  readonly atMost: number;
  readonly because: 'values' | 'missing';
  /** Of the hypothesis that the effect is below `leastEffect`; adjusted for the number of columns (Benjamini-Hochberg). */
  readonly pValue: number;
  readonly adjustedP: number;
}

/** A cell of the column's plot: a range of numbers, or a category. */
export interface PlotCell {
  readonly label: string;
  readonly from?: number;
  readonly to?: number;
  /** All values that are not shown one by one. */
  readonly isRest?: true;
  /** Shares of the rows that are there. */
  readonly reference: number;
  readonly current: number;
}

export interface ColumnDrift {
  readonly column: string;
  readonly kind: ColumnKind;
  readonly role: ColumnRole;
  readonly leastEffect: number;
  readonly state: ColumnState;
  readonly reference: SideSummary;
  readonly current: SideSummary;
  readonly measures?: Measures;
  readonly byDefault?: DefaultTest;
  readonly verdict: Verdict;
  readonly plot: readonly PlotCell[];
}

export interface DriftOptions {
  /** Share of the rows that must have moved before anybody cares; default 0.1. */
  readonly leastEffect?: number;
  /** Of the columns said to drift, at most this share wrongly; also 1 - confidence of the bounds. Default 0.05. */
  readonly falseDiscoveryRate?: number;
  /** Below this many rows on a side nothing is said; default 30. */
  readonly leastRows?: number;
  /** Share of drifted features from which the data set counts as drifted in `byDefault`; default 0.5, as Evidently's. */
  readonly driftShare?: number;
}

export interface DriftResult {
  readonly reference: string;
  readonly current: string;
  readonly options: Required<DriftOptions>;
  readonly columns: readonly ColumnDrift[];
  /** Features whose verdict is drift. */
  readonly drifted: readonly string[];
  /** Evidently's verdict on the data set: share of features whose default test drifted. */
  readonly byDefault: { readonly share: number; readonly drifted: boolean };
}
