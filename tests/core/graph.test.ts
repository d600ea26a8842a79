import { describe, expect, it } from 'vitest';
import type { Dataset, DerivedDataset } from '../../core/dataset.ts';
import { StrataError } from '../../core/errors.ts';
import { checkGraph, datasetNamed, datasetsOf, ownedBy, pipelineNamed } from '../../core/graph.ts';
import { bronze, byMonth, derived, merged, projectOf } from './fixtures.ts';

const names = (datasets: readonly Dataset[]) => datasets.map((d) => d.name);
const failure = (act: () => unknown): StrataError => {
  try {
    act();
  } catch (error) {
    if (error instanceof StrataError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

const raw = bronze('payment');
const payment = merged('silver.payment', raw);
const fact = derived('gold.fact', { payment });
const score = derived('gold.score', { payment });

describe('graph', () => {
  it('puts inputs before what is made from them, each once', () => {
    expect(names(datasetsOf(projectOf({ nightly: [fact, score, payment] })))).toEqual([
      'bronze.payment',
      'silver.payment',
      'gold.fact',
      'gold.score',
    ]);
  });

  it('names a cycle', () => {
    const a = derived('gold.a', { payment });
    const b = derived('gold.b', { a });
    (a.inputs as Record<string, DerivedDataset['inputs'][string]>).b = { dataset: b, mapping: { kind: 'aligned' } };
    const error = failure(() => datasetsOf(projectOf({ nightly: [a] })));
    expect(error.code).toBe('bad_definition');
    expect(error.message).toContain('gold.a -> gold.b -> gold.a');
  });

  it('refuses two datasets of one name', () => {
    const twin = derived('gold.fact', { payment });
    expect(failure(() => datasetsOf(projectOf({ nightly: [fact, twin] }))).message).toContain('gold.fact');
  });

  it('gives a pipeline what it lists and what only it needs; the rest it reads', () => {
    const project = projectOf({ nightly: [fact, payment], hourly: [score] });
    expect(ownedBy(project, 'nightly')).toMatchObject({ sources: [raw], derived: [payment, fact], reads: [] });
    const hourly = ownedBy(project, 'hourly');
    expect([names(hourly.sources), names(hourly.derived), names(hourly.reads)]).toEqual([
      [],
      ['gold.score'],
      ['silver.payment'],
    ]);
  });

  it('refuses two owners, listed or needed', () => {
    const listed = failure(() => ownedBy(projectOf({ a: [fact], b: [fact] }), 'a'));
    expect([listed.code, listed.message]).toEqual(['bad_definition', 'gold.fact is listed by both a and b']);
    const needed = failure(() => ownedBy(projectOf({ a: [fact], b: [score] }), 'a'));
    expect(needed.message).toMatch(/needed by both a and b/);
  });

  it('names the valid ones, the likely one first', () => {
    const project = projectOf({ nightly: [fact], hourly: [] });
    const error = failure(() => pipelineNamed(project, 'nigthly'));
    expect([error.code, error.hint]).toEqual(['bad_input', 'Did you mean nightly? Valid: nightly, hourly.']);
    expect(failure(() => datasetNamed(project, 'fact')).hint).toMatch(/^Did you mean gold.fact\?/);
    expect(failure(() => pipelineNamed(project, 'xyz')).hint).toBe('Valid: nightly, hourly.');
  });

  it('refuses mappings that mean nothing', () => {
    const monthly = derived('gold.monthly', { payment }, { partitionBy: byMonth });
    const daily = derived('gold.daily', { monthly });
    expect(failure(() => checkGraph(projectOf({ nightly: [daily] }))).message).toContain('does not fit into a day');
    const lost = derived('gold.lost', { payment: payment.all() });
    expect(failure(() => checkGraph(projectOf({ nightly: [lost] }))).message).toContain('no input says which days');
    const typo = derived('gold.typo', {
      payment,
      rate: payment.asOf({ on: { id: 'idd' }, at: 'day', validFrom: 'dy' }),
    });
    const { message } = failure(() => checkGraph(projectOf({ nightly: [typo] })));
    expect(message).toContain('gold.typo.idd, silver.payment.dy');
    const replaced = derived('gold.replaced', {
      payment,
      fact: fact.asOf({ on: { id: 'id' }, at: 'day', validFrom: 'day' }),
    });
    expect(failure(() => checkGraph(projectOf({ nightly: [replaced] }))).message).toContain('is not merged by key');
    expect(() => checkGraph(projectOf({ nightly: [fact, monthly] }))).not.toThrow();
  });
});
