import { printInterval } from '../../core/interval.ts';
import type { Retraining } from '../../core/retraining.ts';
import { detectDrift } from '../../drift/detect-drift.ts';
import type { DriftColumn, Sample } from '../../drift/drift.types.ts';
import { driftReport } from '../../drift/report/drift.report.ts';
import type { Session } from '../../engine/session.ts';
import type { ModelRegistry } from '../../ml/registry.ts';
import { type Attempt, withAttempt } from '../attempt.ts';
import { commitDrift } from '../commit-drift.ts';
import type { Platform } from '../platform.ts';
import { driftSummary } from './drift-summary.ts';
import { keep } from './evidence.ts';
import { labelledRows } from './labelled-rows.ts';
import { loadModel } from './load-model.ts';
import { openSet } from './read-set.ts';
import type { DriftSummary, ResolvedRetraining } from './retrain.types.ts';
import { SCORE, scoredRows } from './scored-rows.ts';

/**
 * Current rows beside the champion's training set, with what it would score both; before there is a champion, beside the
 * window that it would be trained on.
 */
export function lookForDrift(
  platform: Platform,
  registry: ModelRegistry,
  retraining: Retraining,
  resolved: ResolvedRetraining,
  signal: AbortSignal,
): Promise<DriftSummary> {
  const { windows, evidence, model, champion, pins } = resolved;
  return withAttempt(platform.temp, async (attempt) => {
    await using session = await platform.openSession(signal);
    const rows = (name: 'train' | 'current') =>
      labelledRows(platform, { session, attempt }, retraining, { ...resolved, windows: [windows[name]] });
    const current = { relation: await rows('current'), label: printInterval(windows.current) };
    const found =
      champion === null
        ? await detectDrift(session, {
            reference: { relation: await rows('train'), label: `training window ${printInterval(windows.train)}` },
            current,
            columns: columnsOf(retraining),
          })
        : await beside(platform, registry, { session, attempt }, retraining, champion, current);
    const check = { checkId: evidence, checkDate: resolved.asOf.slice(0, 10), subject: model };
    const inputs = { [retraining.features.name]: pins.features };
    await commitDrift(platform, { session, attempt }, { ...check, inputs }, found);
    const json = await keep(platform.store, evidence, 'drift.json', JSON.stringify(found));
    const notes = [`${retraining.features.name} at version ${pins.features}`, `The figures: ${json.path}`];
    const html = driftReport(found, { title: `Drift of ${model}`, notes });
    return driftSummary(found, await keep(platform.store, evidence, 'drift.html', html));
  });
}

async function beside(
  platform: Platform,
  registry: ModelRegistry,
  { session, attempt }: { session: Session; attempt: Attempt },
  retraining: Retraining,
  champion: number,
  current: Sample,
) {
  const model = await loadModel(registry, retraining.model, champion);
  const trained = await openSet(platform, attempt, model.version.sets.train!);
  const scored = (relation: string, name: string) => scoredRows(session, relation, retraining, model, name);
  return detectDrift(session, {
    reference: { relation: await scored(trained, 'trained'), label: `training set of version ${champion}` },
    current: { ...current, relation: await scored(current.relation, 'now') },
    columns: [...columnsOf(retraining), { name: SCORE, kind: 'numeric', role: 'prediction' }],
  });
}

const columnsOf = ({ numeric, categorical }: Retraining): DriftColumn[] =>
  [...numeric, ...categorical].map((name) => ({ name }));
