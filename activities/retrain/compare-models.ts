import type { Retraining } from '../../core/retraining.ts';
import type { Session } from '../../engine/session.ts';
import { ident } from '../../engine/sql-text.ts';
import { type ComparisonResult, compare } from '../../ml/compare.ts';
import type { Table } from '../../ml/dataset.ts';
import type { ModelRegistry } from '../../ml/registry.ts';
import type { Model } from '../../ml/trainer.ts';
import { withAttempt } from '../attempt.ts';
import type { Platform } from '../platform.ts';
import { keep } from './evidence.ts';
import { loadModel } from './load-model.ts';
import { openSet, readDataset } from './read-set.ts';
import type { Challenger, CompareInput, Comparison, ResolvedRetraining } from './retrain.types.ts';

/** Rows that single scores are timed on. */
const TIMED_ROWS = 500;

/** Both score the test set that neither learned from; the policy's gates say whether the challenger passes. */
export function compareModels(
  platform: Platform,
  registry: ModelRegistry,
  retraining: Retraining,
  { resolved, sets, challenger }: CompareInput,
  signal: AbortSignal,
): Promise<Comparison> {
  if (resolved.champion === null) return first(platform, registry, resolved, challenger);
  const champion = resolved.champion;
  return withAttempt(platform.temp, async (attempt) => {
    await using session = await platform.openSession(signal);
    const relation = await openSet(platform, attempt, sets.test);
    const scored = async (version: number) => {
      const loaded = await loadModel(registry, retraining.model, version);
      const rows = await readDataset(session, relation, retraining, loaded.labels);
      return { ...loaded, rows, scored: loaded.scored(rows) };
    };
    const [old, fresh] = [await scored(champion), await scored(challenger.version)];
    const result = await compare({
      champion: old.scored,
      challenger: fresh.scored,
      labels: fresh.rows.target,
      clusters: await clustersOf(session, relation, retraining.cluster),
      slices: await slicesOf(session, relation, retraining.slices),
      millisPerRow: millisPerRow(fresh.model, fresh.rows),
      gates: retraining.policy,
      seed: retraining.seed,
    });
    await keepComparison(platform, registry, resolved, challenger, result);
    return { passes: result.passes, findings: findingsOf(result) };
  });
}

const findingsOf = ({ gates }: ComparisonResult): string[] =>
  gates.map(({ gate, passes, finding }) => `${gate} ${passes ? 'passes' : 'fails'}: ${finding}`);

async function keepComparison(
  { store }: Platform,
  registry: ModelRegistry,
  { model, evidence }: ResolvedRetraining,
  { version }: Challenger,
  result: object,
): Promise<void> {
  const file = await keep(store, evidence, 'comparison.json', JSON.stringify(result, null, 2));
  await registry.attach(model, version, 'comparison', file);
}

/** Nobody to compare with: it must at least rank better than a logistic regression does, and have a threshold. */
async function first(
  platform: Platform,
  registry: ModelRegistry,
  resolved: ResolvedRetraining,
  challenger: Challenger,
): Promise<Comparison> {
  const { metrics, unreachable } = challenger;
  const own = metrics.averagePrecision ?? 0;
  const baseline = metrics.baselineAveragePrecision ?? 0;
  const passes = own >= baseline && unreachable === undefined;
  const ranks = `there is no champion: average precision ${own.toFixed(4)} beside ${baseline.toFixed(4)} of a logistic regression`;
  const finding = unreachable === undefined ? ranks : `${ranks}; ${unreachable}`;
  const gates = [{ gate: 'first', passes, finding }];
  await keepComparison(platform, registry, resolved, challenger, {
    champion: null,
    challenger: metrics,
    gates,
    passes,
  });
  return { passes, findings: [`first ${passes ? 'passes' : 'fails'}: ${finding}`] };
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
