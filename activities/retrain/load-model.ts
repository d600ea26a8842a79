import { calibrate, calibrationShape } from '../../ml/calibration.ts';
import type { Scored } from '../../ml/compare.ts';
import type { Table } from '../../ml/dataset.ts';
import { readModel } from '../../ml/read-model.ts';
import type { ModelRegistry, ModelVersion } from '../../ml/registry.ts';
import type { Model } from '../../ml/trainer.ts';

/** A registered version, ready to score. */
export interface ScoringModel {
  readonly version: ModelVersion;
  readonly model: Model;
  /** Calibrated probabilities. */
  probabilities(table: Table): Float64Array;
  /** Both, of one prediction: what ranks, and what is calibrated. */
  scored(table: Table): Scored;
}

/** @throws corrupt when the artifact is gone or damaged; bad_input when there is no such version */
export async function loadModel(registry: ModelRegistry, name: string, number: number): Promise<ScoringModel> {
  const version = await registry.version(name, number);
  const model = readModel(version.format, await registry.load(name, number), version.signature);
  const calibration = calibrationShape.parse(version.calibration);
  const scored = (table: Table): Scored => {
    const scores = model.predict(table);
    return { scores, probabilities: calibrate(calibration, scores), threshold: version.threshold };
  };
  return { version, model, scored, probabilities: (table) => scored(table).probabilities };
}
