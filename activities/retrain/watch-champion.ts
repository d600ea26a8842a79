import { shift } from '../../core/instant.ts';
import type { Retraining } from '../../core/retraining.ts';
import { detectDrift } from '../../drift/detect-drift.ts';
import type { ColumnDrift } from '../../drift/drift.types.ts';
import type { Session } from '../../engine/session.ts';
import { averagePrecision } from '../../ml/metrics.ts';
import type { ModelRegistry, ModelVersion } from '../../ml/registry.ts';
import { withAttempt } from '../attempt.ts';
import type { Platform } from '../platform.ts';
import { keep } from './evidence.ts';
import { before, labelledRows, TARGET } from './labelled-rows.ts';
import { loadModel } from './load-model.ts';
import { openSet } from './read-set.ts';
import type { Watched, WatchInput } from './retrain.types.ts';
import { RANK, SCORE, scoredRows } from './scored-rows.ts';
import { lossOf } from './version-columns.ts';

const DAY_MILLIS = 86_400_000;

/** What one round of watching found, as it is kept. */
interface Round {
  /** Null as long as too few labels came. */
  readonly averagePrecision: { readonly champion: number; readonly former: number } | null;
  readonly positives: number;
  readonly rows: number;
  /** Share of rows above the threshold of each; null without rows. */
  readonly alerts: { readonly champion: number; readonly former: number } | null;
  /** The champion's scores beside those of its test set. */
  readonly scores: Pick<ColumnDrift, 'state' | 'verdict'>;
}

/** The new champion beside the former one, on rows since the comparison; judged on those whose labels have come. */
export async function watchChampion(
  platform: Platform,
  registry: ModelRegistry,
  retraining: Retraining,
  { resolved, champion, former, round }: WatchInput,
  signal: AbortSignal,
): Promise<Watched> {
  const { model, monitoring, policy } = retraining;
  const holder = await registry.alias(model, 'champion');
  if (holder !== champion) {
    const finding = `${holder === null ? 'nobody' : `version ${holder}`} is champion by now`;
    return { says: 'superseded', finding, holder, evidence: undefined };
  }
  const versions = [await registry.version(model, champion), await registry.version(model, former)];
  const loss = versions.flatMap((version) => lossOf(version, retraining.features) ?? []);
  if (loss.length > 0) return { says: 'too_early', finding: loss.join('; '), holder, evidence: undefined };
  const seen = await lookSince(platform, registry, retraining, { resolved, champion, former, round }, versions, signal);
  const says = verdictOf(seen, monitoring.mostLoss);
  const finding = findingOf(seen, former, policy.leastPositives);
  const text = JSON.stringify({ round, champion, former, says, finding, ...seen }, null, 2);
  const file = await keep(platform.store, resolved.evidence, `watch-${round}.json`, text);
  await registry.attach(model, champion, `watch-${round}`, file);
  return { says, finding, holder, evidence: file.path };
}

function lookSince(
  platform: Platform,
  registry: ModelRegistry,
  retraining: Retraining,
  { resolved, champion, former }: WatchInput,
  versions: readonly ModelVersion[],
  signal: AbortSignal,
): Promise<Round> {
  const now = platform.now();
  const windows = [{ start: resolved.windows.test.end, end: now }];
  return withAttempt(platform.temp, async (attempt) => {
    await using session = await platform.openSession(signal);
    const version = async (name: string) => (await platform.lake.table(name).load()).version;
    const pins = {
      features: await version(retraining.features.name),
      labels: await version(retraining.labels.dataset.name),
    };
    const since = await labelledRows(
      platform,
      { session, attempt },
      retraining,
      { asOf: now, pins, windows },
      versions,
    );
    const scored = async (number: number, name: string) => {
      const loaded = await loadModel(registry, retraining.model, number);
      return { loaded, relation: await scoredRows(session, since, loaded, name) };
    };
    const [own, old] = [await scored(champion, 'own'), await scored(former, 'old')];
    const tested = await openSet(platform, attempt, own.loaded.version.sets.test!);
    const { columns } = await detectDrift(session, {
      reference: { relation: await scoredRows(session, tested, own.loaded, 'tested'), label: 'test set' },
      current: { relation: own.relation, label: 'since' },
      columns: [{ name: SCORE, kind: 'numeric', role: 'prediction' }],
    });
    const { state, verdict } = columns[0]!;
    const mature = before(retraining.time, shift(now, -retraining.days.delay * DAY_MILLIS));
    const count = async (condition: string): Promise<number> =>
      Number(await session.value<bigint>(`SELECT count(*) FROM ${own.relation} WHERE ${condition}`));
    const rows = await count('true');
    const positives = await count(`${mature} AND ${TARGET} = 1`);
    const says = positives >= retraining.policy.leastPositives && (await count(`${mature} AND ${TARGET} = 0`)) > 0;
    const both = async <T>(figure: (of: typeof own) => Promise<T>) => ({
      champion: await figure(own),
      former: await figure(old),
    });
    return {
      averagePrecision: says ? await both(({ relation }) => precisionOf(session, relation, mature)) : null,
      positives,
      rows,
      alerts:
        rows === 0 ? null : await both(({ relation, loaded }) => alertsOf(session, relation, loaded.version.threshold)),
      scores: { state, verdict },
    };
  });
}

async function precisionOf(session: Session, relation: string, mature: string): Promise<number> {
  const rows = await session.rows<{ score: number; target: number }>(
    `SELECT ${RANK} AS score, ${TARGET} AS target FROM ${relation} WHERE ${mature}`,
  );
  return averagePrecision(
    Float64Array.from(rows, ({ score }) => score),
    Uint8Array.from(rows, ({ target }) => target),
  );
}

const alertsOf = async (session: Session, relation: string, threshold: number): Promise<number> =>
  (await session.value<number>(`SELECT avg((${SCORE} >= ${threshold})::INT) FROM ${relation}`))!;

function verdictOf({ averagePrecision: found }: Round, mostLoss: number): 'fine' | 'worse' | 'too_early' {
  if (found === null) return 'too_early';
  return found.former - found.champion > mostLoss ? 'worse' : 'fine';
}

function findingOf(
  { averagePrecision: found, positives, alerts, scores }: Round,
  former: number,
  least: number,
): string {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const { says, effect } = scores.verdict;
  return [
    found === null
      ? `${positives} positives since the comparison, ${least} are needed`
      : `average precision ${found.champion.toFixed(4)} beside ${found.former.toFixed(4)} of version ${former}, ${positives} positives`,
    alerts === null ? 'no rows' : `alerts ${percent(alerts.champion)} beside ${percent(alerts.former)}`,
    `scores ${says.replace('_', ' ')} (${percent(effect)} moved)`,
  ].join('; ');
}
