import { expect, test } from 'vitest';
import { contentHash } from '../../ml/content-hash.ts';
import { rowsOf } from '../../ml/dataset.ts';
import { refuseFutureLabels } from '../../ml/training-data.check.ts';
import { payments } from './payments.ts';

test('rows and labels from after the moment are refused, those before are not', () => {
  const asOf = Date.UTC(2026, 10, 22);
  const hour = 3_600_000;
  const times = (happened: number, known: number) => ({
    happened: [asOf - 9 * hour, happened],
    known: [Number.NaN, known],
  });
  refuseFutureLabels(times(asOf - hour, asOf), asOf);
  refuseFutureLabels(times(asOf, Number.NaN), asOf);
  expect(() => refuseFutureLabels(times(asOf - hour, asOf + 1), asOf)).toThrow(
    /1 rows or labels are from after 2026-11-22/,
  );
  expect(() => refuseFutureLabels(times(asOf + 1, Number.NaN), asOf)).toThrow(
    expect.objectContaining({ code: 'bad_input' }),
  );
});

test('the hash names the training set: any value, label, name or order changes it', () => {
  const data = payments(200, 1);
  const hash = contentHash(data);
  expect(contentHash(payments(200, 1))).toBe(hash);
  expect(contentHash(rowsOf(data, [...data.target.keys()]))).toBe(hash);
  const reversed = rowsOf(data, [...data.target.keys()].reverse());
  const changed = rowsOf(data, [...data.target.keys()]);
  changed.columns[0]!.values[7]! += 0.01;
  const flipped = { ...data, target: data.target.map((y, i) => (i === 3 ? 1 - y : y)) };
  const renamed = { ...data, columns: data.columns.map((c) => (c.name === 'noise' ? { ...c, name: 'noise2' } : c)) };
  const relabelled = {
    ...data,
    columns: data.columns.map((c) => (c.labels ? { ...c, labels: ['X', ...c.labels] } : c)),
  };
  const hashes = [reversed, changed, flipped, renamed, relabelled].map(contentHash);
  expect(new Set([hash, ...hashes]).size).toBe(6);
});
