import { join } from 'node:path';
import { StrataError } from '../../core/errors.ts';
import { printInterval } from '../../core/interval.ts';
import type { Retraining } from '../../core/retraining.ts';
import type { Session } from '../../engine/session.ts';
import { ident, literal } from '../../engine/sql-text.ts';
import type { ModelRegistry, ModelVersion } from '../../ml/registry.ts';
import { LEAST_POSITIVES, LEAST_ROWS } from '../../ml/training-data.check.ts';
import { type Attempt, withAttempt } from '../attempt.ts';
import type { Platform } from '../platform.ts';
import { keepFile } from './evidence.ts';
import { labelledRows, TARGET } from './labelled-rows.ts';
import type { ResolvedRetraining, SetRef, Sets } from './retrain.types.ts';

type SetName = keyof Sets;

/**
 * Writes what the model is trained, tuned and judged on: three immutable Parquet files, in an order of their own, so that
 * the same pins give the same files. They hold what the champion reads, too: it is judged on the same rows.
 * @throws quality when a set has too few rows of a class to say anything
 */
export function prepareSets(
  platform: Platform,
  registry: ModelRegistry,
  retraining: Retraining,
  resolved: ResolvedRetraining,
  signal: AbortSignal,
): Promise<Sets> {
  return withAttempt(platform.temp, async (attempt) => {
    await using session = await platform.openSession(signal);
    const { champion } = resolved;
    const models = champion === null ? [] : [await registry.version(retraining.model, champion)];
    const write = (name: SetName) => writeSet(platform, { session, attempt }, retraining, resolved, models, name);
    return { train: await write('train'), validation: await write('validation'), test: await write('test') };
  });
}

async function writeSet(
  platform: Platform,
  work: { session: Session; attempt: Attempt },
  retraining: Retraining,
  resolved: ResolvedRetraining,
  models: readonly ModelVersion[],
  name: SetName,
): Promise<SetRef> {
  const { session, attempt } = work;
  const window = resolved.windows[name];
  const rows = await labelledRows(platform, work, retraining, { ...resolved, windows: [window] }, models);
  const file = join(attempt.directory, `${name}.parquet`);
  const { time, key } = retraining;
  await session.run(
    `COPY (SELECT * FROM ${rows} ORDER BY ${ident(time)}, ${ident(key)}) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd)`,
  );
  const [counts] = await session.rows<{ rows: bigint; positives: bigint }>(
    `SELECT count(*) AS rows, count(*) FILTER (${TARGET} = 1) AS positives FROM read_parquet(${literal(file)})`,
  );
  const { rows: all, positives } = { rows: Number(counts?.rows ?? 0n), positives: Number(counts?.positives ?? 0n) };
  const least = Math.max(resolved.policy.leastPositives, LEAST_POSITIVES);
  if (all < LEAST_ROWS || positives < least || all - positives < LEAST_POSITIVES) {
    throw new StrataError(
      'quality',
      `The ${name} set ${printInterval(window)} has ${all} rows, ${positives} of them positive; needed are ${LEAST_ROWS} rows, ${least} positives and ${LEAST_POSITIVES} others`,
      {
        where: retraining.features.name,
        hint: 'Load more days, ask for a later day (asOf), or lower policy.leastPositives. The champion stays.',
      },
    );
  }
  return { ...(await keepFile(platform.store, resolved.evidence, `${name}.parquet`, file)), rows: all, positives };
}
