import { describe, expect, it } from 'vitest';
import { customerSegmentationSummary } from '../../models/gold/customer-segmentation-summary.ts';
import { pick, runModel } from './run-model.ts';

const spent = (customer_id: string, event_date: string, total_spent_eur: string, transaction_count = 1) => ({
  ...{ customer_id, customer_key: 1, event_date, total_spent_eur, transaction_count, location_key: 7 },
});

describe('gold.customer_segmentation_summary', () => {
  it('looks back twelve weeks from the end of each week', async () => {
    const { rows } = await runModel(customerSegmentationSummary, {
      spending: [
        // 84 days before the end of the week of 2 November, which is the 9th, begins 17 August.
        spent('in', '2026-08-17', '10.00', 2),
        spent('in', '2026-11-08', '2.00'),
        spent('out', '2026-08-16', '5.00'),
        spent('later', '2026-11-09', '1.00'),
      ],
    });
    const of = (week: string) =>
      pick(
        rows.filter((row) => row.week_start === week),
        ...['customer_id', 'recency_days', 'frequency', 'monetary_eur', 'yearly_value_eur', 'is_churn_risk'],
        'lifetime_value_eur',
      );
    // Where nobody is leaving a lifetime is five years.
    expect(of('2026-11-02')).toEqual([['in', '1', '3', '12.00', '52.00', 'false', '260.00']]);
    expect(of('2026-11-09')).toEqual([
      ['in', '8', '1', '2.00', '8.67', 'false', '43.33'],
      ['later', '7', '1', '1.00', '4.33', 'false', '21.67'],
    ]);
  });

  it('puts groups that lie apart into the segments they are near to, by both ways', async () => {
    const group = (name: string, count: number, days: string[], eur: string) =>
      Array.from({ length: count }, (_, i) => days.map((day) => spent(`${name} ${i}`, day, eur))).flat();
    const { rows } = await runModel(customerSegmentationSummary, {
      spending: [
        ...group('best', 5, ['2026-11-03', '2026-11-05', '2026-11-08'], '100.00'),
        ...group('new', 5, ['2026-11-07'], '5.00'),
        ...group('gone', 5, ['2026-09-01', '2026-09-02', '2026-09-03'], '90.00'),
        ...group('asleep', 5, ['2026-08-20'], '1.00'),
      ],
    });
    const week = rows.filter((row) => row.week_start === '2026-11-02');
    const segments = (name: string, column: string) =>
      [
        ...new Set(
          pick(
            week.filter((row) => row.customer_id!.startsWith(name)),
            column,
          ).flat(),
        ),
      ].join();
    expect(['best', 'new', 'gone', 'asleep'].map((name) => segments(name, 'kmeans_segment'))).toEqual([
      ...['high-value', 'growth', 'at-risk', 'dormant'],
    ]);
    // Fifths cut through the group that was there second.
    expect(['best', 'gone', 'asleep'].map((name) => segments(name, 'rfm_segment'))).toEqual([
      ...['high-value', 'at-risk,growth', 'dormant'],
    ]);
    expect(segments('gone', 'is_churn_risk')).toBe('true');
    expect(segments('asleep', 'is_churn_risk')).toBe('false');
    // One in four is leaving: whoever is there stays for four times twelve weeks.
    expect(['best', 'asleep'].map((name) => segments(name, 'lifetime_value_eur'))).toEqual(['1200.00', '4.00']);
  });

  it('keeps the version of the customer that bought last', async () => {
    const { rows } = await runModel(customerSegmentationSummary, {
      spending: [
        { ...spent('c', '2026-11-03', '1.00'), customer_key: 9 },
        { ...spent('c', '2026-11-05', '1.00'), customer_key: 4 },
        { ...spent('c', '2026-11-05', '1.00'), customer_key: 5, location_key: 8 },
      ],
    });
    expect(pick(rows, 'week_start', 'customer_key', 'frequency', 'kmeans_segment')).toEqual([
      ['2026-11-02', '5', '3', 'dormant'],
    ]);
  });
});
