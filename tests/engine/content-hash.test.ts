import { describe, expect, test } from 'vitest';
import {
  applicationClock,
  bigint,
  cursor,
  dataset,
  day,
  decimal,
  key,
  month,
  postgres,
  source,
  text,
  timestamp,
} from '../../core/builders.ts';
import type { DerivedDataset } from '../../core/dataset.ts';
import { contentHash, sourceContentHash } from '../../engine/content-hash.ts';

const raw = source({
  name: 'bronze.payment',
  description: 'd',
  source: postgres('oltp'),
  relation: 'public.payment',
  extraction: cursor('updated_at', applicationClock({ lateness: '1 hour' })),
  columns: { id: key(bigint()), amount: decimal(18, 3), paid_at: timestamp(), updated_at: timestamp() },
});

const COLUMNS = { id: key(bigint()), amount: decimal(18, 3), paid_at: timestamp() };
const define = (change: Partial<Parameters<typeof dataset>[0]> = {}): DerivedDataset =>
  dataset({
    name: 'silver.payment',
    description: 'd',
    inputs: { raw },
    columns: COLUMNS,
    sql: 'x.sql',
    partitionBy: day('paid_at'),
    ...change,
  });
const hash = (d: DerivedDataset, sql = 'SELECT 1', checks = [{ name: 'a', sql: 'x > 0' }]) =>
  contentHash(d, sql, checks);
const BASE = hash(define());

test('is 16 hex digits, the same for the same definition', () => {
  expect(BASE).toMatch(/^[0-9a-f]{16}$/);
  expect(hash(define())).toBe(BASE);
});

describe('what decides about rows counts', () => {
  test.each<[string, string]>([
    ['a type', hash(define({ columns: { ...COLUMNS, amount: decimal(18, 2) } }))],
    ['nullability', hash(define({ columns: { ...COLUMNS, amount: decimal(18, 3).nullable() } }))],
    ['the key', hash(define({ columns: { ...COLUMNS, amount: key(decimal(18, 3)) } }))],
    ['one column more', hash(define({ columns: { ...COLUMNS, note: text() } }))],
    ['the SQL', hash(define(), 'SELECT 2')],
    ['partitioning', hash(define({ partitionBy: month('paid_at') }))],
    ['the write mode', hash(define({ write: { kind: 'merge', latestBy: 'paid_at' } }))],
    ['a row check', hash(define(), 'SELECT 1', [{ name: 'a', sql: 'x > 1' }])],
    ['a mapping', hash(define({ inputs: { raw: raw.all() } }))],
    ['the name of an input', hash(define({ inputs: { other: raw } }))],
  ])('%s', (_, other) => {
    expect(other).not.toBe(BASE);
  });
});

test('what does not decide about rows does not count', () => {
  const same = define({
    description: 'other',
    owner: 'other',
    checks: [
      { kind: 'unique', columns: ['amount'], severity: 'warn' },
      { kind: 'rowCount', sigma: 3 },
    ],
    columns: { ...COLUMNS, amount: decimal(18, 3).describe('in its currency') },
  });
  expect(hash(same)).toBe(BASE);
});

test('a source: where from and how', () => {
  const base = sourceContentHash(raw);
  expect(sourceContentHash({ ...raw, description: 'other' })).toBe(base);
  expect(sourceContentHash({ ...raw, relation: 'public.other' })).not.toBe(base);
  expect(sourceContentHash({ ...raw, sourceColumns: { ...raw.sourceColumns, amount: 'value' } })).not.toBe(base);
  const snapshot = { kind: 'snapshot', holdAbove: 0.2 } as const;
  expect(sourceContentHash({ ...raw, extraction: snapshot })).not.toBe(base);
});
