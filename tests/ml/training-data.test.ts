import { expect, test } from 'vitest';
import { contentHash } from '../../ml/content-hash.ts';
import { rowsOf } from '../../ml/dataset.ts';
import { payments } from './payments.ts';

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
