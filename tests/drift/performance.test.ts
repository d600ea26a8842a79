import { describe, expect, it } from 'vitest';
import { estimatePerformance } from '../../drift/estimate-performance.ts';
import { calibrate } from '../../drift/isotonic.ts';
import { measurePerformance } from '../../drift/measure-performance.ts';
import { sampleOf, useSession } from './samples.fixture.ts';

interface Scored {
  readonly score: number;
  readonly label: boolean | null;
  readonly day?: string;
}

/** By comparing every pair, and every threshold: slow and plain. */
function oracle(rows: readonly Scored[]) {
  const [positives, negatives] = [rows.filter((r) => r.label), rows.filter((r) => r.label === false)];
  const won = positives.flatMap((p) =>
    negatives.map((n) => (p.score > n.score ? 1 : p.score === n.score ? 0.5 : 0) as number),
  );
  const thresholds = [...new Set(rows.map((r) => r.score))].sort((a, b) => b - a);
  let [recallBefore, averagePrecision] = [0, 0];
  for (const threshold of thresholds) {
    const above = [...positives, ...negatives].filter((r) => r.score >= threshold);
    const hits = above.filter((r) => r.label).length;
    averagePrecision += (hits / positives.length - recallBefore) * (above.length ? hits / above.length : 0);
    recallBefore = hits / positives.length;
  }
  return { rocAuc: won.reduce((sum, w) => sum + w, 0) / won.length, averagePrecision };
}

describe('performance on matured labels', () => {
  const held = useSession();
  const table = (rows: readonly Scored[]) =>
    sampleOf(
      held.session,
      { score: 'DOUBLE', label: 'BOOLEAN', day: 'DATE' },
      rows.map((r) => [r.score, r.label, r.day ?? '2026-11-01']),
    );

  it('is what all pairs and all thresholds give, ties included', async () => {
    const rows = Array.from({ length: 300 }, (_, i): Scored => {
      const score = ((i * 7919) % 50) / 50;
      return { score, label: i % 13 === 0 ? null : (i * 104729) % 100 < 10 + score * 60 };
    });
    const { relation } = await table(rows);
    const [all] = await measurePerformance(held.session, { relation, score: 'score', label: 'label' }, 0.6);
    const expected = oracle(rows);
    expect(all).toMatchObject({
      state: 'ok',
      rows: rows.filter((r) => r.label !== null).length,
      rocAuc: expect.closeTo(expected.rocAuc, 12),
      averagePrecision: expect.closeTo(expected.averagePrecision, 12),
    });
    const flagged = rows.filter((r) => r.label !== null && r.score >= 0.6);
    expect(all!.precision).toBeCloseTo(flagged.filter((r) => r.label).length / flagged.length, 12);
    expect(all!.recall).toBeCloseTo(flagged.filter((r) => r.label).length / rows.filter((r) => r.label).length, 12);
  });

  it('says by period where there are no labels, or one class', async () => {
    const { relation } = await table([
      { score: 0.9, label: null, day: '2026-11-01' },
      { score: 0.9, label: false, day: '2026-11-02' },
      { score: 0.1, label: true, day: '2026-11-03' },
      { score: 0.9, label: false, day: '2026-11-03' },
    ]);
    const scored = { relation, score: 'score', label: 'label', period: 'day' };
    expect(await measurePerformance(held.session, scored, 0.5)).toEqual([
      { period: '2026-11-01', state: 'no_labels', rows: 0, positives: 0 },
      { period: '2026-11-02', state: 'one_class', rows: 1, positives: 0, precision: 0 },
      {
        period: '2026-11-03',
        state: 'ok',
        rows: 2,
        positives: 1,
        averagePrecision: 0.5,
        rocAuc: 0,
        precision: 0,
        recall: 0,
      },
    ]);
  });
});

describe('calibration', () => {
  it('pools neighbours in the wrong order', () => {
    const cell = (score: number, rows: number, positives: number) => ({ score, rows, positives });
    const curve = calibrate([cell(0.1, 10, 1), cell(0.2, 10, 4), cell(0.3, 10, 2), cell(0.6, 5, 5)]);
    expect([0, 0.1, 0.2, 0.3, 0.45, 0.6, 1].map(curve)).toEqual(
      [0.1, 0.1, 0.3, 0.3, 0.65, 1, 1].map((share) => expect.closeTo(share, 12)),
    );
  });
});

describe('performance before labels come', () => {
  const held = useSession();
  /** `model`: what the score says of a true probability p; `mix`: exponent that moves the inputs. */
  const world = async (name: string, mix: number, truth: string) => {
    await held.session.run(`CREATE OR REPLACE TABLE ${name} AS
      SELECT i, 'w' || (i // 20000) AS week, sqrt(p) AS score, (hash(i || ' label') % 1000000) / 1e6 < ${truth} AS label
      FROM (SELECT i, ((hash(i || ' ${name}') % 1000000) / 1e6) ** ${mix} AS p FROM range(40000) AS t(i))`);
    return { relation: name, score: 'score', label: 'label', period: 'week' };
  };
  const reference = async () => ({ ...(await world('ref', 6, 'p')), order: 'i' });

  it('comes out as the labels say later, although scores are no probabilities and the inputs moved', async () => {
    const current = await world('shifted', 3, 'p');
    const input = { reference: await reference(), current, threshold: 0.7 };
    const { periods } = await estimatePerformance(held.session, input);
    const realized = await measurePerformance(held.session, current, 0.7);
    expect(periods.map((p) => p.period)).toEqual(['w0', 'w1']);
    periods.forEach(({ estimated, alerts }, i) => {
      for (const metric of ['averagePrecision', 'rocAuc', 'precision', 'recall'] as const) {
        expect(Math.abs(estimated[metric]! - realized[i]![metric]!), metric).toBeLessThan(0.02);
      }
      expect(alerts).toContain('rocAuc');
    });
  });

  it('raises no alert for more of the same', async () => {
    const { periods, bands } = await estimatePerformance(held.session, {
      reference: await reference(),
      current: await world('same', 6, 'p'),
      threshold: 0.7,
    });
    expect(periods.flatMap((p) => p.alerts)).toEqual([]);
    expect(bands.averagePrecision!.low).toBeLessThan(bands.averagePrecision!.high);
  });

  it('refuses a reference without both classes, and scores that are no shares', async () => {
    const current = await world('current', 6, 'p');
    const oneClass = { ...(await world('one_class', 6, '0')), order: 'i' };
    const ask = (from: typeof oneClass) =>
      estimatePerformance(held.session, { reference: from, current, threshold: 0.5 });
    await expect(ask(oneClass)).rejects.toThrow(/40000 labelled rows, 0 of them positive/);
    await held.session.run('CREATE OR REPLACE TABLE logits AS SELECT * REPLACE (score * 8 - 4 AS score) FROM ref');
    await expect(ask({ ...(await reference()), relation: 'logits' })).rejects.toThrow(/Scores reach from -4/);
  });
});
