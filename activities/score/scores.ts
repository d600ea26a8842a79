import { setImmediate } from 'node:timers/promises';
import { lakeColumns } from '../../core/lake-columns.ts';
import type { Retraining } from '../../core/retraining.ts';
import { SCORE_COLUMNS, type Scoring } from '../../core/scoring.ts';
import type { Session } from '../../engine/session.ts';
import { ident, readParquet } from '../../engine/sql-text.ts';
import type { Dataset } from '../../ml/dataset.ts';
import type { Attempt } from '../attempt.ts';
import type { Platform } from '../platform.ts';
import { ReadableFiles } from '../readable-files.ts';
import { TARGET } from '../retrain/labelled-rows.ts';
import type { ScoringModel } from '../retrain/load-model.ts';
import { readDataset } from '../retrain/read-set.ts';
import type { ResolvedScoring } from './score.types.ts';

/** The temp table that {@link buildScores} makes. */
export const SCORES = '_scores';
/** Features named as reasons of an alert. */
const REASONS = 3;
/** Explaining takes milliseconds per alert: so often, heartbeats and cancellations get their turn. */
const ROWS_AT_A_TIME = 200;

/** Scores, rules and decisions of a day's rows, in the order of their keys. */
export async function buildScores(
  platform: Platform,
  work: { session: Session; attempt: Attempt },
  retraining: Retraining,
  { rules }: Scoring,
  model: ScoringModel,
  { features, champion }: ResolvedScoring,
  { day, signal }: { day: string; signal: AbortSignal },
): Promise<void> {
  const { session } = work;
  const { key, time } = retraining;
  const rows = await featuresOfDay(platform, work, retraining, features, day);
  const rule = rules.map(({ sql }, i) => `WHEN (${sql}) THEN ${i}`).join(' ');
  await session.run(
    `CREATE OR REPLACE TEMP TABLE day_rows AS
     SELECT *, 0::UTINYINT AS ${TARGET}, ${rule ? `CASE ${rule} END` : 'NULL::INTEGER'} AS _rule FROM ${rows} ORDER BY ${ident(key)}`,
  );
  const table = await readDataset(session, 'day_rows', model.version.signature);
  const probabilities = model.probabilities(table);
  const fired = (await session.rows<{ r: number | null }>('SELECT _rule AS r FROM day_rows')).map(({ r }) => r);
  await session.run(
    'CREATE OR REPLACE TEMP TABLE day_scores (score DOUBLE, decision VARCHAR, decided_by VARCHAR, reasons VARCHAR)',
  );
  const appender = await session.connection.createAppender('day_scores', undefined, 'temp');
  const { threshold } = model.version;
  for (const [row, score] of probabilities.entries()) {
    if (row % ROWS_AT_A_TIME === 0) await setImmediate();
    signal.throwIfAborted();
    const rule = fired[row] === null || fired[row] === undefined ? undefined : rules[fired[row]];
    const alert = rule ? rule.says === 'alert' : score >= threshold;
    appender.appendDouble(score);
    appender.appendVarchar(alert ? 'alert' : 'pass');
    appender.appendVarchar(rule?.name ?? 'model');
    if (alert) appender.appendVarchar(JSON.stringify(reasonsOf(model, table, row)));
    else appender.appendNull();
    appender.endRow();
  }
  appender.closeSync();
  const columns = SCORE_COLUMNS.map(({ name, sqlType }) => `${name}::${sqlType} AS ${name}`).join(', ');
  await session.run(
    `CREATE OR REPLACE TEMP TABLE ${SCORES} AS SELECT ${columns} FROM (
       SELECT ${ident(key)}::VARCHAR AS event_key, ${ident(time)} AS event_time, score, decision, decided_by, reasons, ${champion} AS model_version
       FROM day_rows POSITIONAL JOIN day_scores)`,
  );
}

function reasonsOf(model: ScoringModel, table: Dataset, row: number) {
  const { reasons } = model.model.explain(table, row);
  return reasons
    .map(({ feature, contribution, value }) => ({ feature, value, contribution: Number(contribution.toFixed(4)) }))
    .filter(({ contribution }) => contribution > 0)
    .slice(0, REASONS);
}

async function featuresOfDay(
  { lake }: Platform,
  { session, attempt }: { session: Session; attempt: Attempt },
  { features }: Retraining,
  version: number,
  day: string,
): Promise<string> {
  const { files } = await lake.stateAt(features.name, version);
  const readable = new ReadableFiles(session, attempt.directory);
  const own = [...files.values()].filter(({ partition }) => partition === day);
  const found = await readable.of(lake.table(features.name), own);
  return readParquet(
    found.map(({ uri }) => uri),
    lakeColumns(features),
  );
}
