import { expect, it } from 'vitest';
import { date, key } from '../../core/column.ts';
import { openPartitions } from '../../core/coverage.ts';
import { dataset, month } from '../../core/define-dataset.ts';
import { bronze, ledgerOf, merged } from './fixtures.ts';

it('a month that runs is open, unless it is shown to date', () => {
  const raw = bronze('payment');
  const payment = merged('silver.payment', raw);
  const monthly = (toDate: boolean) =>
    dataset({
      ...{ name: 'gold.monthly', description: 'x.', inputs: { payment }, sql: 'monthly.sql' },
      partitionBy: month('month_start', { toDate }),
      columns: { month_start: key(date()) },
    });
  const ledgers = new Map([
    ['bronze.payment', ledgerOf('bronze.payment', [])],
    ['silver.payment', ledgerOf('silver.payment', [])],
    ['gold.monthly', ledgerOf('gold.monthly', [{ partitions: { '2026-11': 'x' } }])],
  ]);
  expect(openPartitions(monthly(false), ledgers, new Map())).toEqual(['2026-11']);
  expect(openPartitions(monthly(true), ledgers, new Map())).toEqual([]);
});
