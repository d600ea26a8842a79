import type { OrderLine } from './basket.ts';
import { chargeCircumstances, type Place, usualCircumstances } from './circumstances.ts';
import { customerId } from './customer.ts';
import { cardToken, type Habit } from './customer-habit.ts';
import { fraudCircumstances, fraudPlan } from './fraud-payment.ts';
import { fraudsOf } from './fraud-plan.ts';
import { lifeOf, type PaymentEvent } from './payment-life.ts';
import { PLANS, slotOf } from './payment-plan.ts';
import { Random, uuidOf } from './random.ts';
import { COUNTRIES } from './reference-data.ts';
import { paymentsOn, timeOfShare } from './season.ts';
import { DAY, type Micros, SECOND } from './simulated-time.ts';
import { subscriptionOf } from './subscription.ts';
import { dayStart, STREAM, type World } from './world.ts';

export interface Payment {
  readonly id: string;
  readonly merchantId: string;
  readonly customerId: string;
  /** The customer's number. */
  readonly customer: number;
  readonly cents: number;
  readonly currency: string;
  readonly method: string;
  readonly device: string | null;
  readonly billing: {
    readonly street: string | null;
    readonly city: string;
    readonly postalCode: string;
    readonly country: string;
  } | null;
  readonly ip: string | null;
  readonly location: Place | null;
  readonly card: { readonly token: string; readonly country: string } | null;
  readonly subscriptionId: string | null;
  readonly lines: readonly OrderLine[];
  readonly eventTime: Micros;
  readonly createdAt: Micros;
  /** Settlement, refunds and disputes, oldest first. */
  readonly life: readonly PaymentEvent[];
}

const ODD_STREETS = ['12 "The Mews"', "Rue de l'Église 3\nBât. B", 'C:\\Street\\7', 'straße\t5', '', 'NULL'] as const;

/** Payment `index` of `day` with all that will become of it; depends on the world and these two only. */
export function payment(world: World, day: number, index: number): Payment {
  const random = new Random(world.seed, STREAM.payment, day, index);
  const createdAt = creationTime(world, day, index, random);
  const fraud = fraudsOf(world, day).get(index);
  const charged = fraud ? undefined : subscriptionOf(world, day, index);
  const plan = fraud ? fraudPlan(fraud) : PLANS[slotOf(day, index)]!;
  const made = fraud
    ? fraudCircumstances(world, day, fraud, random)
    : charged === undefined
      ? usualCircumstances(world, day, createdAt, plan, random)
      : chargeCircumstances(world, day, charged, plan);
  const { habit, basket, currency } = made;
  const offline = plan.offlineDays > 0 && day >= plan.offlineDays && charged === undefined;
  const eventTime = offline
    ? createdAt - plan.offlineDays * DAY
    : Math.max(dayStart(world, day), createdAt - random.below(2 * SECOND));
  return {
    id: uuidOf(world.seed, STREAM.payment, day, index),
    merchantId: made.trade.id,
    customerId: customerId(world, habit.index),
    customer: habit.index,
    cents: basket.cents,
    currency,
    method: made.method,
    device: made.device,
    billing: random.chance(0.04) ? null : billingAddress(habit, random),
    ip: made.ip,
    location: made.location,
    card: made.method.endsWith('Card') ? cardOf(world, habit, random) : null,
    subscriptionId: made.subscriptionId,
    lines: basket.lines,
    eventTime,
    createdAt,
    life: lifeOf({ world, day, index, createdAt, cents: basket.cents, currency, plan, random }),
  };
}

function billingAddress({ home }: Habit, random: Random) {
  const odd = random.chance(0.02);
  const street = random.chance(0.02) ? null : `${1 + random.below(200)} Main Street`;
  return {
    street: odd ? random.pick(ODD_STREETS) : street,
    city: home.city,
    postalCode: String(random.below(100_000)).padStart(5, '0'),
    country: home.country.code,
  };
}

function cardOf(world: World, habit: Habit, random: Random) {
  const token = cardToken(world, habit.index, random.chance(0.15) ? 1 : 0);
  return { token, country: random.chance(0.02) ? random.pick(COUNTRIES).code : habit.home.country.code };
}

/** Payments come in the order of their index, more by day than by night; the first and the last touch midnight to the microsecond. */
function creationTime(world: World, day: number, index: number, random: Random): Micros {
  const start = dayStart(world, day);
  const payments = paymentsOn(world, day);
  const jitter = random.fraction();
  if (index === 0) return start;
  if (index === payments - 1) return start + DAY - 1;
  return start + timeOfShare((index + jitter) / payments);
}
