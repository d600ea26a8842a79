import { expect, test } from 'vitest';
import { type ComparisonInput, compare, type Scored } from '../../ml/compare.ts';
import { averagePrecision } from '../../ml/metrics.ts';
import { pairedBootstrap } from '../../ml/paired-bootstrap.ts';
import { Prng } from '../../ml/prng.ts';

const CUSTOMERS = 60;

/** Two models that see the truth through noise of their own, and share some: payments of a customer resemble each other. */
function scored(rows: number, noise: { champion: number; challenger: number }, seed = 1) {
  const prng = new Prng(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - prng.next())) * Math.cos(2 * Math.PI * prng.next());
  const risk = Array.from({ length: CUSTOMERS }, normal);
  const clusters = Int32Array.from({ length: rows }, () => prng.below(CUSTOMERS));
  const truth = Array.from(clusters, (customer) => -2.5 + risk[customer]! + normal());
  const squash = (x: number) => 1 / (1 + Math.exp(-x));
  return {
    clusters,
    labels: Uint8Array.from(truth, (t) => (prng.next() < squash(t) ? 1 : 0)),
    champion: Float64Array.from(truth, (t) => squash(t + noise.champion * normal())),
    challenger: Float64Array.from(truth, (t) => squash(t + noise.challenger * normal())),
  };
}

const GATES = { leastPositives: 20, leastGain: 0, confidence: 0.95, mostSliceLoss: 0.05, mostMillisPerRow: 10 };
function inputOf(data: ReturnType<typeof scored>, more: Partial<ComparisonInput> = {}): ComparisonInput {
  const country = Array.from(data.clusters, (customer) => (customer % 2 ? 'DE' : 'FR'));
  const { clusters, labels } = data;
  const side = (scores: Float64Array): Scored => ({ scores, probabilities: scores, threshold: 0.3 });
  const both = { champion: side(data.champion), challenger: side(data.challenger) };
  return { clusters, labels, ...both, slices: { country }, millisPerRow: 0.1, gates: GATES, seed: 1, ...more };
}
const gate = async (input: ComparisonInput, name: string) => (await compare(input)).gates.find((g) => g.gate === name)!;

/** The same draws, but every drawn row is written out and given to the ordinary metric. */
function bruteForce(data: ReturnType<typeof scored>, samples: number, seed: number): number[] {
  const prng = new Prng(seed);
  const gains: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    const drawn = Array.from({ length: CUSTOMERS }, () => prng.below(CUSTOMERS));
    const rows = drawn.flatMap((customer) => [...data.clusters.keys()].filter((i) => data.clusters[i] === customer));
    const labels = rows.map((i) => data.labels[i]!);
    const of = (scores: Float64Array) =>
      averagePrecision(
        rows.map((i) => scores[i]!),
        labels,
      );
    gains.push(of(data.challenger) - of(data.champion));
  }
  return gains;
}

test('the bootstrap is that of whole customers, drawn with replacement, the same for both models', async () => {
  const data = scored(900, { champion: 1, challenger: 0.8 });
  // Equal scores too: ties count together.
  data.champion = data.champion.map((p) => Math.round(p * 50) / 50);
  const expected = bruteForce(data, 200, 7).sort((a, b) => a - b);
  const found = await pairedBootstrap({ ...data, samples: 200, seed: 7 });
  const difference = averagePrecision(data.challenger, data.labels) - averagePrecision(data.champion, data.labels);
  expect(found.gain).toBeCloseTo(difference, 12);
  expect(found.low).toBeCloseTo(expected[5]!, 12);
  expect(found.high).toBeCloseTo(expected[195]!, 12);
  for (const least of [-0.05, 0, 0.02]) {
    expect(found.shareAbove(least)).toBeCloseTo(expected.filter((g) => g > least).length / 200, 12);
  }
});

test('other work has its turns while samples are drawn', async () => {
  let turns = 0;
  let next = setImmediate(function beat() {
    turns += 1;
    next = setImmediate(beat);
  });
  await pairedBootstrap({ ...scored(300, { champion: 1, challenger: 1 }), samples: 200, seed: 7 });
  clearImmediate(next);
  expect(turns).toBeGreaterThanOrEqual(20);
});

test('a clearly better challenger passes, one that is as good does not, a worse one neither', async () => {
  expect((await compare(inputOf(scored(6000, { champion: 2, challenger: 0.3 })))).passes).toBe(true);
  const same = scored(6000, { champion: 1, challenger: 1 });
  expect(await gate(inputOf({ ...same, challenger: same.champion }), 'better')).toMatchObject({ passes: false });
  expect(await gate(inputOf(scored(6000, { champion: 0.3, challenger: 2 })), 'better')).toMatchObject({
    passes: false,
  });
});

test('each gate refuses by itself and says why', async () => {
  const better = scored(6000, { champion: 2, challenger: 0.3 });
  expect(await gate(inputOf(better, { millisPerRow: 11 }), 'latency')).toMatchObject({
    passes: false,
    finding: '11.00 ms for one row (99 %), at most 10',
  });
  const bold = { ...better, challenger: better.challenger.map((p) => p ** 0.2) };
  expect((await gate(inputOf(bold), 'calibration')).passes).toBe(false);
  // Better all in all, but useless for one of twelve customers' countries.
  const country = Array.from(better.clusters, (customer) => (customer < 12 ? 'SE' : 'DE'));
  const prng = new Prng(3);
  const blind = better.challenger.map((p, i) => (country[i] === 'SE' ? prng.next() * 0.01 : p));
  const judged = await compare(inputOf({ ...better, challenger: blind }, { slices: { country } }));
  expect(judged.gates.find((g) => g.gate === 'slices')).toMatchObject({
    passes: false,
    finding: expect.stringContaining('SE'),
  });
  expect(judged.passes).toBe(false);
});

test('a challenger that finds nothing at its threshold is refused, however well it ranks', async () => {
  const input = inputOf(scored(6000, { champion: 2, challenger: 0.3 }));
  const silent = { ...input, challenger: { ...input.challenger, threshold: 2 } };
  expect(await compare(silent)).toMatchObject({ passes: false });
  expect(await gate(silent, 'threshold')).toMatchObject({
    passes: false,
    finding: expect.stringContaining('0 alerts'),
  });
  expect(await gate(input, 'threshold')).toMatchObject({ passes: true });
});

test('calibration may make rows equal: it is judged by itself, and does not change who ranks better', async () => {
  const input = inputOf(scored(6000, { champion: 1, challenger: 0.8 }));
  const steps = (scores: Scored['scores']) => Float64Array.from(scores, (p) => Math.round(p * 4) / 4);
  const coarse = { ...input, challenger: { ...input.challenger, probabilities: steps(input.challenger.scores) } };
  const [fine, stepped] = [await compare(input), await compare(coarse)];
  expect(stepped.gain).toEqual(fine.gain);
  expect(stepped.challenger.averagePrecision).toBe(fine.challenger.averagePrecision);
  expect(stepped.challenger.calibrationError).not.toBe(fine.challenger.calibrationError);
});

test('slices are measured like the whole, and left out where they say nothing', async () => {
  const data = scored(3000, { champion: 1, challenger: 0.5 });
  const country = Array.from(data.clusters, (customer) => (customer === 0 ? 'XX' : customer % 3 ? 'DE' : 'FR'));
  const { slices } = await compare(inputOf(data, { slices: { country } }));
  expect(slices.map((s) => s.value)).toEqual(['DE', 'FR']);
  for (const { value, rows, positives, champion, challenger } of slices) {
    const own = [...country.keys()].filter((i) => country[i] === value);
    const labels = own.map((i) => data.labels[i]!);
    expect([rows, positives]).toEqual([own.length, labels.filter(Boolean).length]);
    const of = (scores: Float64Array) =>
      averagePrecision(
        own.map((i) => scores[i]!),
        labels,
      );
    expect(champion).toBeCloseTo(of(data.champion), 12);
    expect(challenger).toBeCloseTo(of(data.challenger), 12);
  }
});

test('the same seed gives the same verdict; rows of one class have none', async () => {
  const input = inputOf(scored(2000, { champion: 1, challenger: 0.9 }));
  expect(await compare(input)).toEqual(await compare(input));
  await expect(compare({ ...input, labels: new Uint8Array(2000) })).rejects.toThrow(/one class/);
});
