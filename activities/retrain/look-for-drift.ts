import { shift } from '../../core/instant.ts';
import { type Interval, printInterval } from '../../core/interval.ts';
import type { Retraining } from '../../core/retraining.ts';
import { detectDrift } from '../../drift/detect-drift.ts';
import type { DriftColumn, DriftResult, Sample } from '../../drift/drift.types.ts';
import { resolveReference } from '../../drift/reference-windows.ts';
import { driftReport } from '../../drift/report/drift.report.ts';
import type { Session } from '../../engine/session.ts';
import type { ModelRegistry, ModelVersion } from '../../ml/registry.ts';
import { type Attempt, withAttempt } from '../attempt.ts';
import { commitDrift } from '../commit-drift.ts';
import type { Platform } from '../platform.ts';
import { driftSummary } from './drift-summary.ts';
import { keep } from './evidence.ts';
import { labelledRows, TARGET } from './labelled-rows.ts';
import { loadModel, type ScoringModel } from './load-model.ts';
import { type FoundPerformance, lookAtPerformance } from './look-at-performance.ts';
import { openSet } from './read-set.ts';
import type { DriftSummary, ResolvedRetraining } from './retrain.types.ts';
import { SCORE, scoredRows } from './scored-rows.ts';
import { lossOf } from './version-columns.ts';

const DAY_MILLIS = 86_400_000;
/** A column that is judged alone has no others to share its errors with. */
const ALONE = { falseDiscoveryRate: 0.01 };

/** One look: what it reads with, and what it goes by. */
interface Look {
  readonly platform: Platform;
  readonly session: Session;
  readonly attempt: Attempt;
  readonly retraining: Retraining;
  readonly resolved: ResolvedRetraining;
  /** The champion, where there is one. */
  readonly models: readonly ModelVersion[];
}

/**
 * Current rows beside the reference: features, the champion's scores, labels that had time to come, and how well the champion
 * does, estimated and realized. What counts are the features that it reads. Without a champion that can read the table: those
 * of today beside the window that a model would be trained on.
 */
export function lookForDrift(
  platform: Platform,
  registry: ModelRegistry,
  retraining: Retraining,
  resolved: ResolvedRetraining,
  signal: AbortSignal,
): Promise<DriftSummary> {
  const { evidence, model, champion, pins } = resolved;
  return withAttempt(platform.temp, async (attempt) => {
    await using session = await platform.openSession(signal);
    const version = champion === null ? undefined : await registry.version(model, champion);
    const look = { platform, session, attempt, retraining, resolved, models: version ? [version] : [] };
    const loss = version && lossOf(version, retraining.features);
    const { found, performance } =
      version && loss === undefined ? await besideChampion(look, registry, version) : await withoutChampion(look);
    const check = { checkId: evidence, checkDate: resolved.asOf.slice(0, 10), subject: model };
    const inputs = { [retraining.features.name]: pins.features };
    await commitDrift(platform, { session, attempt }, { ...check, inputs }, found);
    const figures = await keep(platform.store, evidence, 'drift.json', JSON.stringify(found));
    const notes = [`${retraining.features.name} at version ${pins.features}`, `The figures: ${figures.path}`];
    const sections = performance ? [performance.section] : [];
    const html = driftReport(found, { title: `Drift of ${model}`, notes, sections });
    const report = await keep(platform.store, evidence, 'drift.html', html);
    const summary = driftSummary(found, performance?.alerts ?? [], retraining.drift.triggers, { report, figures });
    return { ...summary, problem: loss ?? summary.problem };
  });
}

interface Found {
  readonly found: DriftResult;
  readonly performance: FoundPerformance | undefined;
}

async function withoutChampion(look: Look): Promise<Found> {
  const { windows } = look.resolved;
  const found = await detectDrift(look.session, {
    reference: await windowSample(look, [windows.train], `training window ${printInterval(windows.train)}`),
    current: await windowSample(look, [windows.current], printInterval(windows.current)),
    columns: namesOf(look.retraining),
  });
  return { found, performance: undefined };
}

async function besideChampion(look: Look, registry: ModelRegistry, champion: ModelVersion): Promise<Found> {
  const { session, retraining, resolved } = look;
  const model = await loadModel(registry, retraining.model, champion.version);
  const trained = {
    relation: await openSet(look.platform, look.attempt, model.version.sets.train!),
    label: `training set of version ${champion.version}`,
  };
  const { test } = model.version.sets;
  const tested = test && { relation: await openSet(look.platform, look.attempt, test), label: 'test set' };
  const reference = await referenceSample(look, resolved.windows.current, trained);
  const current = await scored(look, model, 'now', await currentSample(look));
  const features = await detectDrift(session, {
    reference,
    current,
    columns: champion.signature.map(({ name }) => ({ name })),
  });
  const scores = await detectDrift(session, {
    // A model is surer of what it has learned from: its scores of the training set would look like drift.
    reference: await scored(look, model, 'then', reference === trained && tested ? tested : reference),
    current,
    columns: [{ name: SCORE, kind: 'numeric', role: 'prediction' }],
    options: ALONE,
  });
  const matured = await scored(
    look,
    model,
    'matured',
    await windowSample(look, [maturedWindow(look)], 'matured labels'),
  );
  const target = await detectDrift(session, {
    reference: await referenceSample(look, maturedWindow(look), trained),
    current: matured,
    columns: [{ name: TARGET, kind: 'categorical', role: 'target', leastEffect: retraining.drift.leastTargetEffect }],
    options: ALONE,
  });
  const performance =
    tested &&
    (await lookAtPerformance(session, retraining, model.version.threshold, {
      reference: (await scored(look, model, 'tested', tested)).relation,
      current: current.relation,
      matured: matured.relation,
    }));
  return { found: { ...features, columns: [...features.columns, ...scores.columns, ...target.columns] }, performance };
}

/** As many days as are looked at, before the days whose labels are still to come. */
const maturedWindow = ({ retraining: { days }, resolved: { asOf } }: Look): Interval => {
  const end = shift(asOf, -days.delay * DAY_MILLIS);
  return { start: shift(end, -days.current * DAY_MILLIS), end };
};

const currentSample = (look: Look): Promise<Sample> =>
  windowSample(look, [look.resolved.windows.current], printInterval(look.resolved.windows.current));

async function referenceSample(look: Look, current: Interval, trained: Sample): Promise<Sample> {
  const { reference } = look.retraining.drift;
  if (reference.kind === 'training') return trained;
  const { intervals, label } = resolveReference(reference, current);
  return windowSample(look, intervals, label);
}

const windowSample = async (look: Look, windows: readonly Interval[], label: string): Promise<Sample> => ({
  relation: await labelledRows(look.platform, look, look.retraining, { ...look.resolved, windows }, look.models),
  label,
});

/** @param name of the temp table */
const scored = async ({ session }: Look, model: ScoringModel, name: string, sample: Sample) => ({
  relation: await scoredRows(session, sample.relation, model, name),
  label: sample.label,
});

const namesOf = ({ numeric, categorical }: Retraining): DriftColumn[] =>
  [...numeric, ...categorical].map((name) => ({ name }));
