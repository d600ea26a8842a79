import type { Payment } from './payment.ts';
import type { DisputeStep } from './payment-life.ts';
import type { Micros } from './simulated-time.ts';

export interface BookedRefund {
  readonly id: string;
  readonly cents: number;
  readonly reason: string | null;
  readonly at: Micros;
  readonly updatedAt: Micros;
}

export interface BookedDispute {
  readonly id: string;
  /** What was not refunded before. */
  readonly cents: number;
  readonly reason: DisputeStep['reason'];
  readonly status: DisputeStep['status'];
  readonly at: Micros;
  readonly closedAt: Micros | null;
}

/** A payment's refunds as they stand at `until`. */
export function refundsUntil({ life }: Payment, until: Micros): BookedRefund[] {
  const events = life.filter((event) => event.at < until);
  return events.flatMap(({ refund, at }) => {
    if (!refund) return [];
    const noted = events.find(({ note }) => note?.refundId === refund.id);
    return [{ ...refund, at, reason: noted?.note?.reason ?? refund.reason, updatedAt: noted?.at ?? at }];
  });
}

/** A payment's dispute as it stands at `until`; none or one. */
export function disputesUntil(made: Payment, until: Micros): BookedDispute[] {
  const events = made.life.filter((event) => event.at < until);
  const opened = events.find(({ dispute }) => dispute?.status === 'open');
  if (!opened?.dispute) return [];
  const closed = events.find(({ dispute }) => dispute && dispute.status !== 'open');
  const refunded = refundsUntil(made, opened.at).reduce((sum, { cents }) => sum + cents, 0);
  return [
    {
      id: opened.dispute.id,
      cents: made.cents - refunded,
      reason: opened.dispute.reason,
      status: closed?.dispute?.status ?? 'open',
      at: opened.at,
      closedAt: closed?.at ?? null,
    },
  ];
}
