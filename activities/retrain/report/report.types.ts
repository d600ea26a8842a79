import type { DriftResult } from '../../../drift/drift.types.ts';
import type { Artifact, ModelEvent, ModelVersion } from '../../../ml/registry.ts';
import type { ChallengerEvidence, ComparisonEvidence, WatchEvidence } from './evidence.shape.ts';
import type { TestFigures } from './test-figures.ts';

/** A file that the registry names, read and found to be what was written; or why not. */
export type Kept<T> =
  | { readonly kept: true; readonly value: T; readonly file: Artifact }
  | { readonly kept: false; readonly problem: string; readonly file: Artifact | undefined };

export interface CheckedFile {
  readonly name: string;
  readonly file: Artifact;
  /** undefined: it is what was written. */
  readonly problem: string | undefined;
}

/** How a version stands, by the registry's moves. */
export type Standing =
  | 'champion'
  | 'challenger'
  | 'rolled_back'
  | 'replaced'
  | 'refused'
  | 'withdrawn'
  | 'never_served';

/** All that is known of one version, from the registry and the evidence in the lake. */
export interface ModelReport {
  readonly env: string;
  readonly model: string;
  readonly version: ModelVersion;
  readonly standing: Standing;
  /** The moves that concern this version, oldest first. */
  readonly moves: readonly (ModelEvent & { kind: 'moved' })[];
  readonly challenger: Kept<ChallengerEvidence>;
  readonly comparison: Kept<ComparisonEvidence>;
  readonly drift: Kept<DriftResult>;
  readonly watched: readonly Kept<WatchEvidence>[];
  readonly ending: string | undefined;
  /** Both models on the kept test set, scored again for this report. */
  readonly test: Kept<TestFigures>;
  readonly files: readonly CheckedFile[];
}
