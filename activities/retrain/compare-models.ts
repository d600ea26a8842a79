import type { Retraining } from '../../core/retraining.ts';
import type { Session } from '../../engine/session.ts';
import { ident } from '../../engine/sql-text.ts';
import { compare } from '../../ml/compare.ts';
import type { Table } from '../../ml/dataset.ts';
import type { ModelRegistry } from '../../ml/registry.ts';
import type { Model } from '../../ml/trainer.ts';
import { withAttempt } from '../attempt.ts';
import type { Platform } from '../platform.ts';
import { judgeFirst, judgeUnlike } from './judge-alone.ts';
import { type Judged, keepComparison } from './keep-comparison.ts';
import { loadModel } from './load-model.ts';
import { openSet, readDataset } from './read-set.ts';
import type { CompareInput, Comparison } from './retrain.types.ts';
import { lossOf } from './version-columns.ts';

/** Rows that single scores are timed on. */
const TIMED_ROWS = 500;

/** Both score the test set that neither learned from; the policy's gates say whether the challenger passes. */
export async function compareModels(
  platform: Platform,
  registry: ModelRegistry,
  retraining: Retraining,
  { resolved, sets, challenger }: CompareInput,
  signal: AbortSignal,
): Promise<Comparison> {
  const { champion } = resolved;
  const { model, features } = retraining;
  const kept = (judged: Judged) => keepComparison(platform, registry, resolved, challenger, judged);
  if (champion === null) return kept(judgeFirst(challenger));
  const loss = lossOf(await registry.version(model, champion), features);
  if (loss !== undefined) return kept(judgeUnlike(challenger, model, loss));
  return withAttempt(platform.temp, async (attempt) => {
    await using session = await platform.openSession(signal);
    const relation = await openSet(platform, attempt, sets.test);
    const scored = async (version: number) => {
      const loaded = await loadModel(registry, model, version);
      const rows = await readDataset(session, relation, loaded.version.signature);
      return { ...loaded, rows, scored: loaded.scored(rows) };
    };
    const [old, fresh] = [await scored(champion), await scored(challenger.version)];
    const compared = await compare({
      champion: old.scored,
      challenger: fresh.scored,
      labels: fresh.rows.target,
      clusters: await clustersOf(session, relation, retraining.cluster),
      slices: await slicesOf(session, relation, retraining.slices),
      millisPerRow: millisPerRow(fresh.model, fresh.rows),
      gates: retraining.policy,
      seed: retraining.seed,
    });
    return kept(compared);
  });
}

async function clustersOf(session: Session, relation: string, column: string): Promise<number[]> {
  const rows = await session.rows<{ c: bigint }>(
    `SELECT dense_rank() OVER (ORDER BY ${ident(column)}) - 1 AS c, row_number() OVER () AS n FROM ${relation} ORDER BY n`,
  );
  return rows.map(({ c }) => Number(c));
}

async function slicesOf(
  session: Session,
  relation: string,
  columns: readonly string[],
): Promise<Record<string, string[]>> {
  const slices: Record<string, string[]> = {};
  for (const column of columns) {
    const rows = await session.rows<{ v: string }>(
      `SELECT coalesce(${ident(column)}::VARCHAR, 'missing') AS v FROM ${relation}`,
    );
    slices[column] = rows.map(({ v }) => v);
  }
  return slices;
}

function millisPerRow(model: Model, table: Table): number {
  const times: number[] = [];
  for (let row = 0; row < Math.min(TIMED_ROWS, table.rows); row++) {
    const columns = table.columns.map((c) => ({ ...c, values: c.values.subarray(row, row + 1) }));
    const started = performance.now();
    model.predict({ columns, rows: 1 });
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length * 0.99)] ?? 0;
}
