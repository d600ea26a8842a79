import { StrataError } from '../core/errors.ts';
import type { Feature } from './dataset.ts';
import { readLightgbm } from './lightgbm-read.ts';
import { LOGISTIC_FORMAT, readLogistic } from './logistic.model.ts';
import type { Model } from './trainer.ts';
import { LIGHTGBM_FORMAT, TreeModel } from './tree-model.ts';

/** @throws corrupt when the bytes are damaged, bad_input for a format that nobody here reads */
export function readModel(format: string, bytes: Uint8Array, features: readonly Feature[]): Model {
  const text = new TextDecoder().decode(bytes);
  if (format === LIGHTGBM_FORMAT) return new TreeModel(readLightgbm(text, features));
  if (format === LOGISTIC_FORMAT) return readLogistic(text, features);
  throw new StrataError('bad_input', `There is no reader for models of the format ${format}`, {
    hint: `Known are ${LIGHTGBM_FORMAT} and ${LOGISTIC_FORMAT}.`,
  });
}
