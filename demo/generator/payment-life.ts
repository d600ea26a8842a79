import type { DisputeReason, Plan } from './payment-plan.ts';
import { type Random, uuidOf } from './random.ts';
import type { Status } from './reference-data.ts';
import { DAY, HOUR, MINUTE, type Micros, SECOND } from './simulated-time.ts';
import { dayStart, STREAM, type World } from './world.ts';

export interface Move {
  readonly from: Status;
  readonly to: Status;
  readonly reason: string | null;
  readonly by: string;
}

/** What becomes of the payment's dispute. */
export interface DisputeStep {
  readonly id: string;
  readonly status: 'open' | 'won' | 'lost';
  readonly reason: DisputeReason;
}

/** One change of a payment, written in one database transaction: a status move, a refund, a dispute's step, or a new reason for a refund. */
export interface PaymentEvent {
  readonly at: Micros;
  readonly move: Move | null;
  readonly refund: { readonly id: string; readonly cents: number; readonly reason: string | null } | null;
  readonly dispute: DisputeStep | null;
  readonly note: { readonly refundId: string; readonly reason: string } | null;
}

interface Birth {
  readonly world: World;
  readonly day: number;
  readonly index: number;
  readonly createdAt: Micros;
  readonly cents: number;
  readonly currency: string;
  readonly plan: Plan;
  readonly random: Random;
}

const REASONS = ['requested by customer', 'duplicate', 'item "broken"\nsecond line', "didn't arrive", null] as const;

const REASON_TEXTS: Readonly<Record<DisputeReason, string>> = {
  fraudulent: 'chargeback: "not me"',
  product_not_received: "chargeback: didn't arrive",
  duplicate: 'chargeback: charged twice',
  other: 'chargeback',
};

/** All that happens to a payment after its birth, oldest first. */
export function lifeOf(birth: Birth): PaymentEvent[] {
  const { plan, random } = birth;
  const settledAt =
    plan.settleDays === null
      ? null
      : plan.settleDays === 0
        ? birth.createdAt + SECOND + random.below(14 * MINUTE)
        : laterTime(birth, plan.settleDays);
  if (settledAt === null) return [];
  const failed = plan.settlesAs === 'failed';
  const settled: Move = {
    from: 'pending',
    to: plan.settlesAs,
    reason: failed ? 'insufficient funds' : null,
    by: 'gateway',
  };
  const events = [event(settledAt, { move: settled }), ...refundsOf(birth, settledAt)];
  if (!failed) events.push(...disputeOf(birth));
  return events.sort((a, b) => a.at - b.at);
}

function disputeOf(birth: Birth): PaymentEvent[] {
  const { world, day, index, random } = birth;
  const planned = birth.plan.dispute;
  if (planned === null) return [];
  const { days, closed, friendlyFraud = 0 } = planned;
  const id = uuidOf(world.seed, STREAM.dispute, day, index);
  const reason = random.chance(friendlyFraud) ? 'fraudulent' : planned.reason;
  const at = (later: number) => laterTime(birth, later);
  const opened: Move = { from: 'succeeded', to: 'disputed', reason: REASON_TEXTS[reason], by: "card scheme's desk" };
  const events = [event(at(days), { move: opened, dispute: { id, status: 'open', reason } })];
  if (closed?.won) {
    const move: Move = { from: 'disputed', to: 'succeeded', reason: 'dispute won', by: 'back office' };
    events.push(event(at(closed.days), { move, dispute: { id, status: 'won', reason } }));
  } else if (closed) {
    events.push(event(at(closed.days), { dispute: { id, status: 'lost', reason } }));
  }
  return events;
}

function refundsOf(birth: Birth, settledAt: Micros): PaymentEvent[] {
  const events: PaymentEvent[] = [];
  let left = birth.cents;
  birth.plan.refunds.forEach((refund, number) => {
    const id = uuidOf(birth.world.seed, STREAM.refund, birth.day * 4 + number, birth.index);
    const unit = birth.currency === 'JPY' ? 100 : 1;
    const cents = refund.full ? left : Math.max(unit, Math.floor((birth.cents * refund.share) / unit) * unit);
    left -= cents;
    const at = refund.days === 0 ? settledAt + MINUTE + birth.random.below(2 * HOUR) : laterTime(birth, refund.days);
    const reason = birth.random.pick(REASONS);
    const move: Move | null = refund.full ? { from: 'succeeded', to: 'refunded', reason, by: 'back office' } : null;
    events.push(event(at, { refund: { id, cents, reason }, move }));
    if (refund.notedDays !== undefined) {
      events.push(
        event(laterTime(birth, refund.notedDays), { note: { refundId: id, reason: 'reviewed: goodwill ✓' } }),
      );
    }
  });
  return events;
}

function event(at: Micros, what: Partial<PaymentEvent>): PaymentEvent {
  return { at, move: null, refund: null, dispute: null, note: null, ...what };
}

/** Some time on a later day; after the small hours, so that it follows a settlement just past midnight. */
function laterTime(birth: Birth, days: number): Micros {
  return dayStart(birth.world, birth.day + days) + 3 * HOUR + birth.random.below(DAY - 4 * HOUR);
}
