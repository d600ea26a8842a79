import { describe, expect, it } from 'vitest';
import { lookAtPerformance } from '../../activities/retrain/look-at-performance.ts';
import { Prng } from '../../ml/prng.ts';
import { sampleOf, useSession } from '../drift/samples.fixture.ts';
import { fraud } from './bank/project.ts';

const THRESHOLD = 0.5;
const NAMES = { averagePrecision: 'average precision', rocAuc: 'roc auc', precision: 'precision', recall: 'recall' };
type Metric = keyof typeof NAMES;
const METRICS = Object.keys(NAMES) as Metric[];

interface Row {
  readonly at: string;
  readonly score: number;
  /** 1 for a fraud, 0 for the rest; what is expected where it is not known. */
  readonly positive: number;
}

/** Scores that a model gives, and the share of fraud at each, as far as it is right. */
const LEVELS = [1 / 16, 1 / 4, 1 / 2, 3 / 4, 15 / 16];
const RIGHT = [0.02, 0.1, 0.35, 0.65, 0.9];
const USUAL = [0.4, 0.25, 0.15, 0.1, 0.1];
const DAYS = 4;
const PER_DAY = 1000;

/** Days of rows, the last of each a second before midnight. @param shares of the scores @param risks of the scores */
function world(seed: number, firstDay: number, shares: readonly number[], risks: readonly number[]): Row[] {
  const prng = new Prng(seed);
  return Array.from({ length: DAYS * PER_DAY }, (_, i) => {
    const [day, place] = [firstDay + Math.floor(i / PER_DAY), i % PER_DAY];
    const at = new Date(Date.UTC(2026, 1, day, 23, 59, 59) - (PER_DAY - 1 - place) * 80_000).toISOString();
    let level = 0;
    for (let u = prng.next() - shares[0]!; u >= 0 && level < 4; u -= shares[level]!) level += 1;
    return { at, score: LEVELS[level]!, positive: prng.next() < risks[level]! ? 1 : 0 };
  });
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** By every pair of scores and every threshold: slow and plain. */
function plainFigures(rows: readonly Row[]): Partial<Record<Metric, number>> {
  const at = (score: number) => rows.filter((row) => row.score === score);
  const from = (least: number) => rows.filter((row) => row.score >= least);
  const flagged = from(THRESHOLD);
  const found = (of: readonly Row[]) => sum(of.map(({ positive }) => positive));
  const [positives, negatives] = [found(rows), rows.length - found(rows)];
  const pairs = LEVELS.flatMap((fraudAt) =>
    LEVELS.map((honestAt) => {
      const won = fraudAt > honestAt ? 1 : fraudAt === honestAt ? 0.5 : 0;
      return won * found(at(fraudAt)) * (at(honestAt).length - found(at(honestAt)));
    }),
  );
  const steps = LEVELS.map((score) => (found(at(score)) * found(from(score))) / (from(score).length || 1));
  return {
    averagePrecision: sum(steps) / positives,
    rocAuc: sum(pairs) / (positives * negatives),
    ...(flagged.length > 0 && { precision: found(flagged) / flagged.length }),
    recall: found(flagged) / positives,
  };
}

/** The lowest usual value of each metric: mean and three deviations of ten pieces of the reference, in the order of time. */
function plainFloors(reference: readonly Row[]): Record<Metric, number> {
  const length = reference.length / 10;
  const pieces = Array.from({ length: 10 }, (_, i) => plainFigures(reference.slice(i * length, (i + 1) * length)));
  const floor = (metric: Metric): number => {
    const values = pieces.map((piece) => piece[metric]!);
    const mean = sum(values) / 10;
    return Math.max(0, mean - 3 * Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / 10));
  };
  return Object.fromEntries(METRICS.map((metric) => [metric, floor(metric)])) as Record<Metric, number>;
}

/** Rows without labels, each with the share of fraud that the reference had at its score. */
function expected(rows: readonly Row[], reference: readonly Row[]): Row[] {
  const share = (score: number) => {
    const same = reference.filter((row) => row.score === score);
    return sum(same.map(({ positive }) => positive)) / same.length;
  };
  const shares = new Map(LEVELS.map((score) => [score, share(score)]));
  // Else the calibration would have to pool levels, which this does not.
  expect([...shares.values()]).toEqual([...shares.values()].sort((a, b) => a - b));
  return rows.map((row) => ({ ...row, positive: shares.get(row.score)! }));
}

describe('how well the champion does', () => {
  const held = useSession();
  const reference = world(1, 1, USUAL, RIGHT);
  const usual = world(2, 10, USUAL, RIGHT);

  const relationOf = async (rows: readonly Row[], shuffled = false) => {
    const values = rows.map(({ at, score, positive }) => [at, score, positive]);
    const types = { happened_at: 'TIMESTAMPTZ', _score: 'DOUBLE', _target: 'UTINYINT' };
    return (await sampleOf(held.session, types, shuffled ? values.reverse() : values)).relation;
  };

  async function look(current: readonly Row[], matured: readonly Row[], leastPositives = 20) {
    const retraining = { time: 'happened_at', policy: { ...fraud.policy, leastPositives } };
    return lookAtPerformance(held.session, retraining, THRESHOLD, {
      reference: await relationOf(reference, true),
      current: await relationOf(current),
      matured: await relationOf(matured),
    });
  }

  function plainAlerts(current: readonly Row[], matured: readonly Row[]): string[] {
    const [floors, estimated, known] = [
      plainFloors(reference),
      plainFigures(expected(current, reference)),
      plainFigures(matured),
    ];
    return METRICS.flatMap((metric) => {
      const low = floors[metric];
      const told = (value: number | undefined, how: string) =>
        value !== undefined && value < low
          ? [`${NAMES[metric]} ${value.toFixed(3)} ${how}, below ${low.toFixed(3)}`]
          : [];
      return [...told(estimated[metric], 'estimated before labels come'), ...told(known[metric], 'as labels say')];
    });
  }

  it('is no reason to train where it does as well as on its test set', async () => {
    expect(plainAlerts(usual, usual)).toEqual([]);
    expect((await look(usual, usual)).alerts).toEqual([]);
  });

  it('is estimated before labels come: surer of less than it was', async () => {
    const unsure = world(3, 10, [0.1, 0.4, 0.45, 0.05, 0], RIGHT);
    const wanted = plainAlerts(unsure, usual);
    expect(wanted.join()).toMatch(/average precision \S+ estimated before labels come/);
    expect(wanted.join()).not.toContain('as labels say');
    expect((await look(unsure, usual)).alerts).toEqual(wanted);
  });

  it('is measured where labels have come, and enough of them', async () => {
    const fooled = world(4, 10, USUAL, [0.2, 0.2, 0.2, 0.2, 0.2]);
    const wanted = plainAlerts(usual, fooled);
    expect(wanted.filter((text) => text.includes('as labels say'))).toHaveLength(4);
    expect((await look(usual, fooled)).alerts).toEqual(wanted);
    const positives = sum(fooled.map(({ positive }) => positive));
    expect((await look(usual, fooled, positives)).alerts).toEqual(wanted);
    expect((await look(usual, fooled, positives + 1)).alerts).toEqual([]);
  });

  it('is no alert where it does better than before, or where nothing has come', async () => {
    const easy = world(5, 10, [0.8, 0, 0, 0, 0.2], [0, 0, 0, 0, 1]);
    expect((await look(easy, easy)).alerts).toEqual([]);
    expect((await look(usual, [])).alerts).toEqual([]);
    expect((await look([], usual)).alerts).toEqual([]);
  });

  it('is shown by day, and a day is one of UTC', async () => {
    await held.session.run("SET TimeZone = 'Asia/Tokyo'");
    const { section } = await look(usual, usual).finally(() => held.session.run("SET TimeZone = 'UTC'"));
    const cards = section.split('<article').slice(1);
    expect(cards).toHaveLength(METRICS.length);
    for (const [i, metric] of METRICS.entries()) {
      const shown = [...cards[i]!.matchAll(/<title>(\S+): (\S+) estimated<\/title>/g)];
      expect(shown.map(([, day]) => day)).toEqual(['2026-02-10', '2026-02-11', '2026-02-12', '2026-02-13']);
      for (const [, day, value] of shown) {
        const ofDay = expected(usual, reference).filter(({ at }) => at.startsWith(day!));
        expect(ofDay).toHaveLength(PER_DAY);
        expect(value, `${metric} of ${day}`).toBe(String(Number(plainFigures(ofDay)[metric]!.toPrecision(3))));
      }
    }
  });
});
