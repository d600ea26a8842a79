import { admit, refuseMovedBase } from '../../core/claims.ts';
import { storedColumns } from '../../core/lake-columns.ts';
import { LEDGER_FORMAT, type LedgerEntry } from '../../core/ledger.ts';
import type { Retraining } from '../../core/retraining.ts';
import { SCORE_COLUMNS, scoreTable } from '../../core/scoring.ts';
import type { Session } from '../../engine/session.ts';
import type { ModelRegistry } from '../../ml/registry.ts';
import type { LocalFile } from '../../transform/build-output.ts';
import { digestOf, digestSql, NO_ROWS, printDigest } from '../../transform/digest.ts';
import { writePartitions } from '../../transform/write-partitions.ts';
import { withAttempt } from '../attempt.ts';
import type { Platform } from '../platform.ts';
import { loadModel } from '../retrain/load-model.ts';
import { Uploads } from '../upload.ts';
import { scoringOf } from './plan-scoring.ts';
import type { ScoreDayInput, ScoredDay } from './score.types.ts';
import { buildScores, SCORES } from './scores.ts';
import { scoresOfDay } from './scores-of-day.ts';

/** Scores a day and commits it, by the rules that every build follows: the same claim twice is one commit. */
export async function scoreDay(
  platform: Platform,
  registry: ModelRegistry,
  retraining: Retraining,
  { resolved, day, claim }: ScoreDayInput,
  signal: AbortSignal,
): Promise<ScoredDay> {
  const started = Date.now();
  const table = platform.lake.table(scoreTable(resolved.model));
  const base = await table.load();
  const columns = storedColumns(SCORE_COLUMNS);
  if (admit(base.ledger, claim, [day]).kind === 'done') return countOf(platform, table, day, signal);
  return withAttempt(platform.temp, async (attempt) => {
    await using session = await platform.openSession(signal);
    const model = await loadModel(registry, resolved.model, resolved.champion);
    await buildScores(platform, { session, attempt }, retraining, scoringOf(retraining), model, resolved, {
      day,
      signal,
    });
    const [row] = await session.rows<{ digest_rows: bigint; digest_sum: string }>(
      `SELECT ${digestSql(columns.map(({ name }) => name))} FROM ${SCORES}`,
    );
    const digest = row ? digestOf(row) : NO_ROWS;
    const before = base.ledger.partitions.get(day)?.digest;
    const changed = before !== printDigest(digest);
    const files = changed
      ? await writePartitions(session, SCORES, columns, [day], attempt.directory)
      : new Map<string, LocalFile[]>();
    const uploads = new Uploads(table, attempt);
    const adds = await uploads.data((files.get(day) ?? []).map((file) => ({ partition: day, file })));
    const removes = changed
      ? [...base.files.values()].filter(({ partition }) => partition === day).map(({ path }) => path)
      : [];
    const entry: LedgerEntry = {
      format: LEDGER_FORMAT,
      kind: 'replace',
      claim,
      partitions: { [day]: { digest: printDigest(digest), rows: digest.rows } },
      counts: {
        rowsIn: digest.rows,
        rowsOut: digest.rows,
        quarantined: 0,
        bytes: uploads.bytes,
        millis: Date.now() - started,
      },
    };
    await table.commit({
      claim,
      partitions: [day],
      columns,
      prepare: async (state) => {
        refuseMovedBase(claim, base.ledger, state.ledger);
        return { adds, removes, entry };
      },
    });
    return { day, rows: digest.rows, alerts: await alertsIn(session, SCORES) };
  });
}

async function countOf(
  platform: Platform,
  table: ReturnType<Platform['lake']['table']>,
  day: string,
  signal: AbortSignal,
): Promise<ScoredDay> {
  return withAttempt(platform.temp, async (attempt) => {
    await using session = await platform.openSession(signal);
    const relation = await scoresOfDay(platform, { session, attempt }, table.dataset, day);
    const rows = Number(await session.value<bigint>(`SELECT count(*) FROM ${relation}`));
    return { day, rows, alerts: await alertsIn(session, relation) };
  });
}

const alertsIn = async (session: Session, relation: string): Promise<number> =>
  Number(await session.value<bigint>(`SELECT count(*) FROM ${relation} WHERE decision = 'alert'`));
