import { describe, expect, it } from 'vitest';
import { fraudLabel } from '../../models/features/fraud-label.ts';
import { paymentEvent } from '../../models/features/payment-event.ts';
import { pick, runModel } from '../models/run-model.ts';

const NOON = '2026-11-10 12:00:00+00';

describe('feature.payment_event', () => {
  it('is seen when it was recorded, and never before it happened', async () => {
    const paid = (payment_id: string, created_at: string) => ({
      payment_id,
      event_time: NOON,
      event_date: '2026-11-10',
      created_at,
    });
    const { rows } = await runModel(paymentEvent, {
      payment: [
        paid('at the till', '2026-11-10 12:00:03+00'),
        paid('offline, two days', '2026-11-12 09:00:00+00'),
        paid('a clock that is slow', '2026-11-10 11:59:00+00'),
      ],
    });
    expect(pick(rows, 'payment_id', 'seen_at')).toEqual([
      ['a clock that is slow', NOON],
      ['at the till', '2026-11-10 12:00:03+00'],
      ['offline, two days', '2026-11-12 09:00:00+00'],
    ]);
  });
});

describe('feature.fraud_label', () => {
  const dispute = (id: string, reason: string, created_at: string, updated_at = created_at) => ({
    ...{
      id,
      transaction_id: `of ${id}`,
      transaction_event_time: NOON,
      reason,
      created_at,
      updated_at,
      status: 'won',
      closed_at: updated_at,
    },
  });

  it('is known from the moment the dispute was recorded, however late it was closed or changed', async () => {
    const { rows } = await runModel(fraudLabel, {
      raw: [
        dispute('closed later', 'fraudulent', '2026-11-20 23:59:59+00', '2026-12-08 08:00:00+00'),
        dispute('young', 'fraudulent', '2026-11-21 00:00:00+00'),
        dispute('other', 'duplicate', '2026-11-20 10:00:00+00'),
      ],
    });
    expect(pick(rows, 'dispute_id', 'is_fraud', 'known_at', 'known_date')).toEqual([
      ['closed later', 'true', '2026-11-20 23:59:59+00', '2026-11-20'],
      ['other', 'false', '2026-11-20 10:00:00+00', '2026-11-20'],
      ['young', 'true', '2026-11-21 00:00:00+00', '2026-11-21'],
    ]);
  });
});
