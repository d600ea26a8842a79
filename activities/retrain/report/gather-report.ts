import type { z } from 'zod';
import { StrataError } from '../../../core/errors.ts';
import type { DriftResult } from '../../../drift/drift.types.ts';
import { fetchVerified } from '../../../ml/artifact-file.ts';
import type { Artifact, ModelRegistry, ModelVersion } from '../../../ml/registry.ts';
import { withAttempt } from '../../attempt.ts';
import type { Platform } from '../../platform.ts';
import { loadModel } from '../load-model.ts';
import { openSet, readDataset } from '../read-set.ts';
import { challengerShape, comparisonShape, outcomeShape, watchShape } from './evidence.shape.ts';
import type { CheckedFile, Kept, ModelReport } from './report.types.ts';
import { movesOf, standingOf } from './standing.ts';
import { sideFigures, type TestFigures } from './test-figures.ts';

type Reading = Pick<Platform, 'env' | 'store' | 'temp' | 'openSession'>;

/**
 * Everything about a version that the registry and the lake know. A file that is gone, damaged or not understood is part of
 * the result, so that the report says so.
 * @throws bad_input when there is no such version
 */
export async function gatherReport(
  platform: Reading,
  registry: ModelRegistry,
  model: string,
  number: number,
): Promise<ModelReport> {
  const version = await registry.version(model, number);
  const history = await registry.history(model);
  const { evidence } = version;
  const challenger = await readKept(platform, evidence.challenger, challengerShape);
  const comparison = await readKept(platform, evidence.comparison, comparisonShape);
  const outcome = await readKept(platform, evidence.outcome, outcomeShape);
  const rounds = Object.keys(evidence).filter((name) => /^watch-\d+$/.test(name));
  const watched = await Promise.all(rounds.map((name) => readKept(platform, evidence[name], watchShape)));
  const alone = comparison.kept && comparison.value.champion === null;
  const figures = challenger.kept ? challenger.value.drift.figures : undefined;
  return {
    env: platform.env,
    model,
    version,
    standing: standingOf(history, number),
    moves: movesOf(history, number),
    challenger,
    comparison,
    drift: await readDrift(platform, figures),
    watched,
    ending: outcome.kept ? outcome.value.ending : undefined,
    test: await testAgain(
      platform,
      registry,
      model,
      version,
      challenger.kept && !alone ? challenger.value.resolved.champion : null,
    ),
    files: await checkFiles(platform, version),
  };
}

const problemOf = (error: unknown): string => {
  if (error instanceof StrataError) return error.where ? `${error.message} (${error.where})` : error.message;
  throw error;
};

async function readKept<T>({ store }: Reading, file: Artifact | undefined, shape: z.ZodType<T>): Promise<Kept<T>> {
  if (!file) return { kept: false, problem: 'The registry names no such file.', file };
  try {
    const text = new TextDecoder().decode(await fetchVerified(store, file));
    const parsed = shape.safeParse(JSON.parse(text));
    if (parsed.success) return { kept: true, value: parsed.data, file };
    return { kept: false, problem: 'It is what was written, but this Strata does not understand it.', file };
  } catch (error) {
    return { kept: false, problem: problemOf(error), file };
  }
}

/** Its own hash says that it is what detectDrift gave. */
async function readDrift({ store }: Reading, file: Artifact | undefined): Promise<Kept<DriftResult>> {
  if (!file) return { kept: false, problem: 'The evidence names no figures of drift.', file };
  try {
    const text = new TextDecoder().decode(await fetchVerified(store, file));
    return { kept: true, value: JSON.parse(text) as DriftResult, file };
  } catch (error) {
    return { kept: false, problem: problemOf(error), file };
  }
}

/** Both models score the kept test set once more: the charts come from the files, not from what was noted at the time. */
async function testAgain(
  platform: Reading,
  registry: ModelRegistry,
  model: string,
  version: ModelVersion,
  champion: number | null,
): Promise<Kept<TestFigures>> {
  const file = version.sets.test;
  if (!file) return { kept: false, problem: 'The registry names no test set.', file };
  try {
    return await withAttempt(platform.temp, async (attempt) => {
      await using session = await platform.openSession();
      const relation = await openSet(platform, attempt, file);
      const score = async (number: number) => {
        const loaded = await loadModel(registry, model, number);
        const rows = await readDataset(session, relation, loaded.version.signature);
        const figures = sideFigures(number, loaded.probabilities(rows), rows.target, loaded.version.threshold);
        return { figures, rows: rows.rows, positives: rows.target.reduce((sum, label) => sum + label, 0) };
      };
      const { figures, rows, positives } = await score(version.version);
      const former = champion === null ? null : (await score(champion)).figures;
      return { kept: true, value: { rows, positives, champion: former, challenger: figures }, file };
    });
  } catch (error) {
    return { kept: false, problem: problemOf(error), file };
  }
}

async function checkFiles({ store }: Reading, { artifact, sets, evidence }: ModelVersion): Promise<CheckedFile[]> {
  const named = { model: artifact, ...prefixed('set: ', sets), ...prefixed('evidence: ', evidence) };
  return Promise.all(
    Object.entries(named).map(async ([name, file]) => ({
      name,
      file,
      problem: await fetchVerified(store, file).then(() => undefined, problemOf),
    })),
  );
}

const prefixed = (prefix: string, files: Readonly<Record<string, Artifact>>) =>
  Object.fromEntries(Object.entries(files).map(([name, file]) => [`${prefix}${name}`, file]));
