/**
 * One task queue per kind of resource, so that machines can be given the kind that suits them. Ingests of backfills have
 * their own: nightly's slots stay free. Trainings have, too: drift checks and scorings (`ml`) wait behind none.
 */
export const QUEUES = ['control', 'extract', 'backfill-extract', 'transform', 'warehouse', 'ml', 'training'] as const;
export type Queue = (typeof QUEUES)[number];

/** `strata-dev-control` */
export const queueName = (env: string, queue: Queue): string => `strata-${env}-${queue}`;
