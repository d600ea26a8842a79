import type { Pipeline } from './pipeline.ts';
import type { Retraining } from './retraining.ts';

/** What a worker serves; `config/project.ts` exports one as default. */
export interface Project {
  readonly name: string;
  readonly pipelines: readonly Pipeline[];
  /** Models that `drift_and_retrain` keeps fit. */
  readonly retrainings?: readonly Retraining[];
  /** Folder of the SQL files, relative to the project's root. */
  readonly sqlFolder: string;
}

export const project = (definition: Project): Project => definition;
