import {
  ActivityCancellationType,
  type ActivityInterfaceFor,
  type ActivityOptions,
  proxyActivities,
} from '@temporalio/workflow';
import type { BuildActivities } from '../activities/build.activities.ts';
import type { ControlActivities } from '../activities/control.activities.ts';
import type { IngestActivities } from '../activities/ingest.activities.ts';
import type { PublishActivities } from '../activities/publish.activities.ts';
import type {
  RetrainActivities,
  RetrainControlActivities,
  TrainingActivities,
} from '../activities/retrain/retrain.activities.ts';
import type { ScoreActivities, ScoreControlActivities } from '../activities/score/score.activities.ts';
import { type Queue, queueName } from '../core/queue-names.ts';
import { ACTIVITY_PROFILES } from './activity-profiles.ts';

/** Before the environment is known: on the queue that the workflow itself is on. */
export const control = proxyActivities<ControlActivities>(ACTIVITY_PROFILES.decide);
export const waiting = proxyActivities<ControlActivities>(ACTIVITY_PROFILES.wait);

/** Short steps of a retraining. */
export const retrainControl = proxyActivities<RetrainControlActivities>(ACTIVITY_PROFILES.decide);
export const retrainNotices = proxyActivities<Pick<RetrainControlActivities, 'notify'>>(ACTIVITY_PROFILES.tell);
export const scoreControl = proxyActivities<ScoreControlActivities>(ACTIVITY_PROFILES.decide);

function on<A>(env: string, queue: Queue, profile: ActivityOptions): ActivityInterfaceFor<A> {
  return proxyActivities<A>({ ...profile, taskQueue: queueName(env, queue) });
}

export const ingestActivities = (env: string, queue: 'extract' | 'backfill-extract') =>
  on<IngestActivities>(env, queue, ACTIVITY_PROFILES.extract);
export const buildActivities = (env: string) => on<BuildActivities>(env, 'transform', ACTIVITY_PROFILES.build);
export const publishActivities = (env: string) => on<PublishActivities>(env, 'warehouse', ACTIVITY_PROFILES.publish);
export const scoreActivities = (env: string) => on<ScoreActivities>(env, 'ml', ACTIVITY_PROFILES.build);
/** Cancelled ones are waited for: what still runs could register a challenger after the end has withdrawn it. */
const TO_THEIR_END: ActivityOptions = {
  ...ACTIVITY_PROFILES.build,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
};
export const retrainActivities = (env: string) => on<RetrainActivities>(env, 'ml', TO_THEIR_END);
export const trainingActivities = (env: string) => on<TrainingActivities>(env, 'training', TO_THEIR_END);

/** Options of one call: what the UI shows beside the activity's name (200 bytes). */
export const summary = (profile: keyof typeof ACTIVITY_PROFILES, text: string): ActivityOptions => ({
  ...ACTIVITY_PROFILES[profile],
  summary: text.slice(0, 190),
});
