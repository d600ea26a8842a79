import { type Basket, basketOf } from './basket.ts';
import { customerAt, favouriteMerchant, type Habit, habitOf } from './customer-habit.ts';
import { merchantCount } from './merchant.ts';
import { type Trade, tradeOf } from './merchant-trade.ts';
import type { Plan } from './payment-plan.ts';
import type { Random } from './random.ts';
import { COUNTRIES, DEVICES } from './reference-data.ts';
import { HOUR, isWeekend, type Micros } from './simulated-time.ts';
import { subscription } from './subscription.ts';
import { dayStart, type World } from './world.ts';

export interface Place {
  readonly city: string;
  readonly country: string;
}

/** How and where a payment is made: what tells one customer from another, and a thief from both. */
export interface Circumstances {
  readonly habit: Habit;
  readonly trade: Trade;
  readonly basket: Basket;
  readonly currency: string;
  readonly method: string;
  readonly device: string | null;
  readonly ip: string | null;
  readonly location: Place | null;
  readonly subscriptionId: string | null;
}

/** What a customer does of free will. */
export function usualCircumstances(
  world: World,
  day: number,
  createdAt: Micros,
  plan: Plan,
  random: Random,
): Circumstances {
  const hour = Math.floor((createdAt - dayStart(world, day)) / HOUR);
  const habit = habitOf(world, customerAt(world, day, hour, random), day);
  const trade = tradeOf(world, chooseMerchant(world, day, habit.index, random));
  const { country, city } = habit.home;
  const away = random.chance(0.05) ? random.pick(COUNTRIES) : undefined;
  const place = away ? { country: away.code, city: random.pick(away.cities) } : { country: country.code, city };
  const currency = random.chance(0.85) ? country.currency : trade.currency;
  const spending = day >= world.shiftDay ? habit.spending * 1.3 : habit.spending;
  const wallet = day >= world.shiftDay && random.chance(0.3);
  const method = random.chance(0.85) ? habit.method : random.pick(['Credit Card', 'Debit Card', 'Digital Wallet']);
  return {
    habit,
    trade,
    basket: basketOf(trade, currency, spending, random),
    currency,
    // What settles after days is a transfer.
    method: plan.settleDays !== 0 ? 'Bank Transfer' : wallet ? 'Digital Wallet' : method,
    device: random.chance(0.03) ? null : random.chance(0.88) ? habit.device : random.pick(DEVICES),
    ip: random.chance(0.02) ? null : away || random.chance(0.1) ? anyAddress(random) : habit.ip,
    location: random.chance(0.03) ? null : place,
    subscriptionId: null,
  };
}

export function anyAddress(random: Random): string {
  return `${1 + random.below(223)}.${random.below(256)}.${random.below(256)}.${random.below(256)}`;
}

/** The merchant charges by itself: there is no device and no place. */
export function chargeCircumstances(world: World, day: number, number: number, plan: Plan): Circumstances {
  const { id, customer, trade, product, cents, currency } = subscription(world, number);
  return {
    habit: habitOf(world, customer, day),
    trade,
    basket: { cents, lines: [{ productId: product.id, quantity: 1, unitCents: cents }] },
    currency,
    method: plan.settleDays !== 0 ? 'Bank Transfer' : 'Credit Card',
    device: null,
    ip: null,
    location: null,
    subscriptionId: id,
  };
}

/** People eat out and travel at weekends. */
const WEEKEND_TRADES: readonly string[] = ['Food', 'Travel', 'Gaming'];

/** The newest merchants are tried at once, also those whose row is still missing; else people go where they always go, or to the large ones. */
function chooseMerchant(world: World, day: number, customer: number, random: Random): number {
  const known = merchantCount(world, day);
  if (day > 0 && random.chance(0.04)) return known - 1 - random.below(Math.min(day, 3) * world.merchantsPerDay);
  if (random.chance(0.55)) return favouriteMerchant(world, customer, day, random);
  const first = popular(known, random);
  const suits = WEEKEND_TRADES.includes(tradeOf(world, first).industry) === isWeekend(dayStart(world, day));
  const chosen = suits || random.chance(0.5) ? first : popular(known, random);
  // After the shift others are the large ones.
  return day >= world.shiftDay ? known - 1 - chosen : chosen;
}

function popular(known: number, random: Random): number {
  return Math.floor(known * random.fraction() ** 2);
}
