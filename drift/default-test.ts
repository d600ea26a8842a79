import type { ColumnKind, DefaultTest, Measures, TestName } from './drift.types.ts';

/** Up to this many rows in the reference p-values decide, beyond distances: with many rows everything is significant. */
const FEW_ROWS = 1000;
/** Numbers with at most this many values in both samples are treated as categories. */
const FEW_VALUES = 5;
const LEVEL = 0.05;
const DISTANCE = 0.1;

/** The test that Evidently takes where nobody chooses. */
export function chooseTest(kind: ColumnKind, referenceRows: number, distinct: number): TestName {
  const numeric = kind === 'numeric' && distinct > FEW_VALUES;
  if (referenceRows > FEW_ROWS) return numeric ? 'wasserstein' : 'jensen_shannon';
  if (numeric) return 'ks';
  return distinct > 2 ? 'chi_squared' : 'z';
}

export function defaultTest(test: TestName, measures: Measures): DefaultTest {
  const score = {
    ks: measures.ksP,
    chi_squared: measures.chiSquaredP,
    z: measures.zP,
    wasserstein: measures.wasserstein,
    jensen_shannon: measures.jensenShannon,
  }[test]!;
  const isDistance = test === 'wasserstein' || test === 'jensen_shannon';
  const threshold = isDistance ? DISTANCE : LEVEL;
  return { test, score, threshold, drifted: isDistance ? score >= threshold : score < threshold };
}
