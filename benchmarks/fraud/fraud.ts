import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { gbdtTrainer } from '../../ml/gbdt/gbdt.trainer.ts';
import { logisticTrainer } from '../../ml/logistic.trainer.ts';
import { areaUnderRoc, averagePrecision, cardPrecisionAtK, recallAtPrecision } from '../../ml/metrics.ts';
import { pythonWith } from '../../tests/python-environment.ts';
import { machine, median, printTable } from '../figures.ts';
import { ingestHandbook } from '../handbook/ingest.ts';
import { type Fold, makeFolds, type Part } from './folds.ts';
import { type Cost, LightgbmSide } from './lightgbm-side.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GENERATE = fileURLToPath(new URL('../handbook/generate.py', import.meta.url));

/** The same on both sides. */
const SETTINGS = { trees: 200, leaves: 15, learningRate: 0.05, minHessian: 1, l2: 5, bins: 2047 } as const;

interface Figures {
  readonly ap: number;
  readonly auc: number;
  readonly cp100: number;
  readonly recall: number;
}

interface Round {
  readonly fold: number;
  readonly ours: Figures & Cost;
  readonly theirs: Figures & Cost;
  readonly logistic: Figures;
}

/**
 * The Fraud Detection Handbook's benchmark: its simulated payments, taken from PostgreSQL through ingest and feature SQL, its
 * split, its fifteen features; Strata's trainer beside Python's LightGBM with the same settings, in turns. `--ingest` makes the
 * features anew, which are kept otherwise.
 */
export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      folds: { type: 'string', default: '4' },
      rounds: { type: 'string', default: '3' },
      threads: { type: 'string', default: '2' },
      ingest: { type: 'boolean', default: false },
    },
  });
  const found = await pythonWith(['lightgbm==4.7.0', 'numpy==2.4.6']);
  if ('missing' in found) {
    console.log(`skipped: Python with LightGBM and numpy is not here (${found.missing})`);
    return;
  }
  const { python } = found;
  const folder = join(ROOT, '.strata', 'bench', 'fraud');
  await mkdir(folder, { recursive: true });
  const transactions = await madeOnce(join(folder, 'transactions.csv'), false, async (target) => {
    const { stdout } = await promisify(execFile)(python, [GENERATE, target]);
    console.log(stdout.trim());
  });
  const features = await madeOnce(join(folder, 'features.parquet'), values.ingest, (target) =>
    ingestHandbook(transactions, folder, target),
  );
  const folds = await makeFolds(features, folder, Number(values.folds));
  const side = new LightgbmSide(python);
  try {
    const threads = Number(values.threads);
    // Threads started, code compiled, files in memory: on both sides.
    await oneRound(side, folds, 0, threads, folder);
    const rounds: Round[] = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const fold of folds.keys()) rounds.push(await oneRound(side, folds, fold, threads, folder));
    }
    report(rounds, threads);
  } finally {
    side.close();
  }
}

async function madeOnce(file: string, anew: boolean, make: (target: string) => Promise<void>): Promise<string> {
  if (anew || !existsSync(file)) {
    await make(`${file}.new`);
    await rename(`${file}.new`, file);
  }
  return file;
}

async function oneRound(
  side: LightgbmSide,
  folds: readonly Fold[],
  fold: number,
  threads: number,
  folder: string,
): Promise<Round> {
  const { train, test } = folds[fold]!;
  const { trees, leaves, learningRate, minHessian, l2, bins } = SETTINGS;
  const theirs = await side.train({
    train: train.csv,
    test: test.csv,
    predictions: join(folder, 'predictions.txt'),
    trees,
    params: {
      objective: 'binary',
      verbosity: -1,
      num_threads: threads,
      seed: 1,
      max_bin: bins,
      num_leaves: leaves,
      learning_rate: learningRate,
      min_sum_hessian_in_leaf: minHessian,
      lambda_l2: l2,
    },
  });
  const cpu = process.cpuUsage();
  const began = performance.now();
  const { model } = await gbdtTrainer.train({ train, params: { ...SETTINGS, threads, earlyStopping: 0 }, seed: 1 });
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const cpuSeconds = (user + system) / 1e6;
  const logistic = await logisticTrainer.train({ train, seed: 1 });
  return {
    fold,
    ours: { ...figuresOf(model.predict(test), test), seconds, cpuSeconds },
    theirs: { ...figuresOf(theirs.probabilities, test), seconds: theirs.seconds, cpuSeconds: theirs.cpuSeconds },
    logistic: figuresOf(logistic.model.predict(test), test),
  };
}

const figuresOf = (scores: Float64Array, { target, customers, days }: Part): Figures => ({
  ap: averagePrecision(scores, target),
  auc: areaUnderRoc(scores, target),
  cp100: cardPrecisionAtK(scores, target, customers, days, 100),
  recall: recallAtPrecision(scores, target, 0.95),
});

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const places = (value: number) => value.toFixed(4);

function report(rounds: readonly Round[], threads: number): void {
  console.log(`${machine()}, ${threads} threads, ${JSON.stringify(SETTINGS)}`);
  const folds = [...new Set(rounds.map((r) => r.fold))].map((fold) => rounds.filter((r) => r.fold === fold));
  const middle = (each: readonly Round[], by: 'ours' | 'theirs', cost: keyof Cost) =>
    median(each.map((r) => r[by][cost]));
  const costs = (each: readonly Round[]) =>
    (['seconds', 'cpuSeconds'] as const).flatMap((cost) => {
      const [a, b] = [middle(each, 'ours', cost), middle(each, 'theirs', cost)];
      return [a, b, a / b];
    });
  const rows = folds.map((each) => {
    const { fold, ours, theirs, logistic } = each[0]!;
    return [String(fold + 1), ...[ours.ap, theirs.ap, logistic.ap, ours.recall].map(places), ...costs(each)];
  });
  const first = folds.map((each) => each[0]!);
  const over = (pick: (r: Round) => number) => places(mean(first.map(pick)));
  const means = [
    over((r) => r.ours.ap),
    over((r) => r.theirs.ap),
    over((r) => r.logistic.ap),
    over((r) => r.ours.recall),
  ];
  rows.push(['mean; median of times', ...means, ...costs(rounds)]);
  const clock = ['seconds', 'LightGBM', 'ratio'];
  const head = ['fold', 'AP', 'AP LightGBM', 'AP logistic', 'recall at precision .95'];
  printTable([...head, ...clock, ...clock.map((title) => `CPU ${title}`)], rows);
  printTable(
    ['mean over folds', 'AUC', 'AP', 'CP@100', 'recall at precision .95'],
    (['ours', 'theirs', 'logistic'] as const).map((by) => [
      { ours: 'Strata', theirs: 'LightGBM', logistic: 'logistic regression' }[by],
      over((r) => r[by].auc),
      over((r) => r[by].ap),
      over((r) => r[by].cp100),
      over((r) => r[by].recall),
    ]),
  );
}
