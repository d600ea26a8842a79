import type { ActivityOptions } from '@temporalio/workflow';

/**
 * How each kind of activity is timed and retried. Terminal errors end the retries whatever is said here; transient ones
 * (a server that is down, a lost race) are retried about a quarter of an hour, long enough for a restart.
 */
const patient = {
  initialInterval: '1 second',
  backoffCoefficient: 2,
  maximumInterval: '1 minute',
  maximumAttempts: 20,
};

/**
 * A worker that was killed is noticed after this long without a sign of life. Shorter than a person's patience, longer
 * than any pause of Node itself.
 */
const HEARTBEAT = '30 seconds';

export const ACTIVITY_PROFILES = {
  /** Reads ledgers, decides, commits a few lines of JSON. */
  decide: { startToCloseTimeout: '10 minutes', heartbeatTimeout: HEARTBEAT, retry: patient },
  /** Tells somebody who may not answer. */
  tell: {
    startToCloseTimeout: '15 seconds',
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumAttempts: 3 },
  },
  /** Waits for another workflow, as long as that takes. */
  wait: { startToCloseTimeout: '7 days', heartbeatTimeout: HEARTBEAT, retry: patient },
  /** Moves rows from a source to bronze. */
  extract: { startToCloseTimeout: '24 hours', heartbeatTimeout: HEARTBEAT, retry: patient },
  /** Builds partitions. */
  build: { startToCloseTimeout: '24 hours', heartbeatTimeout: HEARTBEAT, retry: patient },
  /** Loads a cut into a warehouse. */
  publish: { startToCloseTimeout: '6 hours', heartbeatTimeout: HEARTBEAT, retry: patient },
} as const satisfies Record<string, ActivityOptions>;

/** A run asks converge again after this long without an answer: signals are not lost, but workflows can be terminated. */
export const ASK_AGAIN_MILLIS = { first: 15_000, longest: 600_000 } as const;
