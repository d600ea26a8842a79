import { createConvergeActivities } from './converge.activities.ts';
import type { Platform } from './platform.ts';
import { createRetrainControlActivities } from './retrain/retrain.activities.ts';
import { createRunActivities } from './run.activities.ts';
import { createScoreControlActivities } from './score/score.activities.ts';

/** Everything that decides: short, on the queue of the workflows themselves. */
export const createControlActivities = (platform: Platform) => ({
  ...createRunActivities(platform),
  ...createConvergeActivities(platform),
  ...createRetrainControlActivities(platform),
  ...createScoreControlActivities(platform),
});

export type ControlActivities = ReturnType<typeof createControlActivities>;
