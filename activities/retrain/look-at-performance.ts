import type { Retraining } from '../../core/retraining.ts';
import { estimatePerformance } from '../../drift/estimate-performance.ts';
import { measurePerformance } from '../../drift/measure-performance.ts';
import { METRICS, type Metric, type PerformanceEstimate } from '../../drift/performance.types.ts';
import { METRIC_NAMES, performanceSection } from '../../drift/report/performance.section.ts';
import type { Session } from '../../engine/session.ts';
import { ident } from '../../engine/sql-text.ts';
import { TARGET } from './labelled-rows.ts';
import { SCORE } from './scored-rows.ts';

const [POSITIVE, DAY] = ['_positive', '_day'];

export interface FoundPerformance {
  /** HTML, for the page. */
  readonly section: string;
  /** What is worse than it was on the reference, for people. */
  readonly alerts: readonly string[];
}

/** Relations of rows with the champion's scores. */
export interface ScoredSamples {
  /** The champion's test set. */
  readonly reference: string;
  readonly current: string;
  /** Rows whose labels had time to come. */
  readonly matured: string;
}

/**
 * How well the champion does: estimated on current rows, which have no labels yet, and realized where they have come. The
 * page shows days; an alert is about all days together, because a day has few frauds.
 */
export async function lookAtPerformance(
  session: Session,
  { time, policy }: Pick<Retraining, 'time' | 'policy'>,
  threshold: number,
  samples: ScoredSamples,
): Promise<FoundPerformance> {
  const rows = (of: string) =>
    `(SELECT *, ${TARGET} = 1 AS ${POSITIVE}, strftime(${ident(time)} AT TIME ZONE 'UTC', '%Y-%m-%d') AS ${DAY} FROM ${of})`;
  const reference = { relation: rows(samples.reference), score: SCORE, label: POSITIVE, order: time };
  const current = { relation: rows(samples.current), score: SCORE };
  const matured = { relation: rows(samples.matured), score: SCORE, label: POSITIVE };
  const daily = await estimatePerformance(session, { reference, current: { ...current, period: DAY }, threshold });
  const realized = await measurePerformance(session, { ...matured, period: DAY }, threshold);
  const [estimated] = (await estimatePerformance(session, { reference, current, threshold })).periods;
  const [known] = await measurePerformance(session, matured, threshold);
  const says = known && known.positives >= policy.leastPositives;
  return {
    section: performanceSection(daily, realized),
    alerts: METRICS.flatMap((metric) => [
      ...below(daily.bands, metric, estimated?.estimated[metric], 'estimated before labels come'),
      ...below(daily.bands, metric, says ? known[metric] : undefined, 'as labels say'),
    ]),
  };
}

/** Better than before is no reason to train. */
function below(bands: PerformanceEstimate['bands'], metric: Metric, value: number | undefined, how: string): string[] {
  const band = bands[metric];
  if (value === undefined || band === undefined || value >= band.low) return [];
  return [`${METRIC_NAMES[metric].toLowerCase()} ${value.toFixed(3)} ${how}, below ${band.low.toFixed(3)}`];
}
