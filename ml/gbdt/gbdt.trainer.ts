import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { StrataError } from '../../core/errors.ts';
import { checkFeatures, featuresOf } from '../dataset.ts';
import type { Trained, Trainer, Training } from '../trainer.ts';
import { checkTrainingData } from '../training-data.check.ts';
import { TreeModel } from '../tree-model.ts';
import { type Boosted, boost, type Iteration } from './booster.ts';
import { type TrainingMemory, trainingMemory } from './memory.ts';
import { type GbdtParams, type GbdtParamsInput, gbdtParams } from './params.ts';
import { boostInThreads, requestAbort } from './threads.ts';

/** Values to be binned below which starting threads takes longer than training without. */
const SMALL = 200_000;

/** Strata's own histogram trainer: gradient-boosted trees for two classes, logistic loss. */
export const gbdtTrainer: Trainer<GbdtParamsInput> = {
  name: 'strata-gbdt',
  async train(training: Training<GbdtParamsInput>): Promise<Trained> {
    const { train, validation, seed, signal, onProgress } = training;
    const params = gbdtParams(training.params);
    const warnings = checkTrainingData(train);
    const features = featuresOf(train);
    if (validation) {
      checkTrainingData(validation, 'validation data');
      checkFeatures(features, validation);
    } else if (params.earlyStopping > 0) {
      throw new StrataError('bad_input', 'Early stopping needs a validation set', {
        hint: 'Give one, or set earlyStopping to 0.',
      });
    }
    refuseAborted(signal);
    const work = train.rows * train.columns.length;
    const threads = threadsFor(params, train.columns.length, work, training.threads);
    const memory = trainingMemory(train, validation, params, seed, threads);
    const boosted = await underSignal(memory, signal, ({ trees, metric }) =>
      onProgress?.({ done: trees, of: params.trees, metric }),
    );
    refuseAborted(signal);
    const model = new TreeModel({ features, trees: boosted.trees, sigmoid: 1 });
    return { model, history: boosted.history, warnings };
  },
};

function threadsFor(
  { threads }: GbdtParams,
  features: number,
  work: number,
  most: number = availableParallelism(),
): number {
  if (threads === 0 && work < SMALL) return 1;
  return Math.max(1, Math.min(threads || most, features));
}

async function underSignal(
  memory: TrainingMemory,
  signal: AbortSignal | undefined,
  onIteration: (at: Iteration) => void,
): Promise<Boosted> {
  const abort = () => requestAbort(memory);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const small = memory.threads === 1 && memory.rows * memory.columns.length < SMALL;
    if (!small) return await boostInThreads(memory, onIteration);
    return await boost(memory, async (iteration) => {
      onIteration(iteration);
      await setImmediate();
    });
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new StrataError('cancelled', 'The training was cancelled', { cause: signal.reason });
}
