import { createHash } from 'node:crypto';
import { nextEpochs } from '../../core/claims.ts';
import { shift } from '../../core/instant.ts';
import { partitionAt } from '../../core/interval.ts';
import type { Claim } from '../../core/ledger.ts';
import type { Retraining } from '../../core/retraining.ts';
import { partitionScope } from '../../core/scopes.ts';
import { SCORE_COLUMNS, type Scoring, scoreTable } from '../../core/scoring.ts';
import type { ModelRegistry } from '../../ml/registry.ts';
import type { Platform } from '../platform.ts';
import { refuseLoss } from '../retrain/version-columns.ts';
import { scoringOf } from './plan-scoring.ts';
import type { ResolvedScoring } from './score.types.ts';

const DAY_MILLIS = 86_400_000;

/**
 * What is to be scored, and from what: decided once, after everything is up to date.
 * @throws bad_definition when the champion needs a column that is gone
 */
export async function resolveScoring(
  { env, lake, now }: Pick<Platform, 'env' | 'lake' | 'now'>,
  registry: ModelRegistry,
  retraining: Retraining,
  champion: number,
): Promise<ResolvedScoring> {
  const { model, features } = retraining;
  const scoring = scoringOf(retraining);
  const version = await registry.version(model, champion);
  refuseLoss(model, version, features);
  const contentHash = hashOf(version.artifact.sha256, champion, scoring);
  const { ledger } = await lake.table(features.name).load();
  const scores = (await lake.table(scoreTable(model)).load()).ledger;
  const first = partitionAt(shift(now(), -scoring.days * DAY_MILLIS), 'day');
  const days = [...ledger.partitions.keys()].filter((day) => day >= first).sort();
  const due = days.filter((day) => {
    const scored = scores.partitions.get(day);
    const made = scored?.inputs[features.name] ?? -1;
    return !scored || scored.contentHash !== contentHash || made < ledger.partitions.get(day)!.contentVersion;
  });
  return { env, model, champion, features: ledger.version, contentHash, due, days };
}

/** An activity of its own, so that every attempt carries the same claim. */
export async function claimScores(
  { lake }: Pick<Platform, 'lake'>,
  { model, features, contentHash }: ResolvedScoring,
  featuresName: string,
  day: string,
  run: string,
): Promise<Claim> {
  const dataset = scoreTable(model);
  const { ledger } = await lake.table(dataset).load();
  const scopes = nextEpochs(ledger, [partitionScope(dataset, day)]);
  return { dataset, scopes, inputs: { [featuresName]: features }, contentHash, run };
}

const hashOf = (artifact: string, champion: number, { rules }: Scoring): string =>
  createHash('sha256')
    .update(
      JSON.stringify({ artifact, champion, rules, columns: SCORE_COLUMNS.map(({ name, sqlType }) => [name, sqlType]) }),
    )
    .digest('hex');
