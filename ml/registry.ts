import type { Version } from '../core/ledger.ts';
import type { Feature } from './dataset.ts';

/** Who serves, and who would. */
export type Alias = 'champion' | 'challenger';

/** An immutable file of the store and the hash of what was written. */
export interface Artifact {
  readonly path: string;
  readonly sha256: string;
}

export interface NewVersion {
  /** Names the work that made it: registered twice by the same work it is one version. */
  readonly madeBy: string;
  /** `lightgbm-text`, `logistic-json`: which reader understands the artifact. */
  readonly format: string;
  readonly artifact: Artifact;
  readonly signature: readonly Feature[];
  readonly params: Readonly<Record<string, unknown>>;
  readonly metrics: Readonly<Record<string, number>>;
  /** What turns its scores into probabilities, and from which score on a row is an alert. */
  readonly calibration: unknown;
  readonly threshold: number;
  /** The lake's tables it was trained from, each at its version. */
  readonly trainedFrom: Readonly<Record<string, Version>>;
  /** Rows that trees, calibration and threshold come from, and the hash of what was learned, whatever file it lay in. */
  readonly learnedFrom?: { readonly start: string; readonly end: string; readonly contentHash: string };
  /** What it was trained, tuned and judged on. */
  readonly sets: Readonly<Record<string, Artifact>>;
  /** Pages and files for whoever asks later why it was made. */
  readonly evidence: Readonly<Record<string, Artifact>>;
}

export interface ModelVersion extends NewVersion {
  readonly version: number;
  readonly registeredAt: string;
}

/** One line of a model's history. */
export type ModelEvent = { readonly at: string } & (
  | { readonly kind: 'registered'; readonly version: number; readonly made: NewVersion }
  | {
      readonly kind: 'moved';
      readonly alias: Alias;
      /** null: nobody. */
      readonly from: number | null;
      readonly to: number | null;
      readonly who: string;
      readonly why: string;
    }
  | { readonly kind: 'attached'; readonly version: number; readonly name: string; readonly file: Artifact }
);

export interface Move {
  readonly alias: Alias;
  /** Who has it now; another one there: conflict. */
  readonly from: number | null;
  readonly to: number | null;
  readonly who: string;
  readonly why: string;
}

/** Port: keeps models. The embedded one lies in the lake; MLflow's REST interface fits behind the same. */
export interface ModelRegistry {
  /** @returns the version's number */
  register(model: string, made: NewVersion): Promise<number>;
  /** Newest first; none for a model that nobody registered. */
  versions(model: string): Promise<readonly ModelVersion[]>;
  /** @throws bad_input when there is no such version, naming those there are */
  version(model: string, version: number): Promise<ModelVersion>;
  alias(model: string, alias: Alias): Promise<number | null>;
  /** Compare-and-set. A move that was made already is made once. @throws conflict when `from` is not who has it */
  move(model: string, move: Move): Promise<void>;
  /** Adds a file of evidence to a version; the same name again is a newer file of that name. */
  attach(model: string, version: number, name: string, file: Artifact): Promise<void>;
  /** The artifact's bytes. @throws corrupt when they are gone or their hash is not the one registered */
  load(model: string, version: number): Promise<Uint8Array>;
  /** Oldest first. */
  history(model: string): Promise<readonly ModelEvent[]>;
  /** Models that were ever registered. */
  models(): Promise<readonly string[]>;
}
