import { customerHome, type Home, payingCustomers } from './customer-home.ts';
import { merchantCount } from './merchant.ts';
import { fractionOf, hashOf, Random } from './random.ts';
import { DEVICES } from './reference-data.ts';
import { STREAM, type World } from './world.ts';

/** How a customer usually pays. */
export interface Habit {
  readonly index: number;
  readonly home: Home;
  readonly device: (typeof DEVICES)[number];
  readonly method: 'Credit Card' | 'Debit Card' | 'Digital Wallet' | 'Bank Transfer';
  /** About how much more than others: 1 is usual. */
  readonly spending: number;
  readonly ip: string;
}

const METHODS = [
  ...(['Credit Card', 'Credit Card', 'Credit Card', 'Debit Card', 'Debit Card'] as const),
  ...(['Bank Transfer', 'Digital Wallet', 'Digital Wallet'] as const),
];
const DEVICE_SHARES = [0, 0, 0, 1, 1, 2] as const;
const FAVOURITES = 5;
const WAKING_HOURS = 10;
const TRIES = 5;

export function habitOf(world: World, index: number, day: number): Habit {
  const random = new Random(world.seed, STREAM.habit, index, 0);
  const home = customerHome(world, index, day);
  return {
    index,
    home,
    device: DEVICES[DEVICE_SHARES[random.below(6)]!]!,
    method: METHODS[random.below(METHODS.length)]!,
    spending: 0.5 + random.fraction() + (random.chance(0.1) ? 2 * random.fraction() : 0),
    ip: `${1 + random.below(223)}.${random.below(256)}.${random.below(256)}.${random.below(256)}`,
  };
}

/** Somebody who pays at an hour of the UTC day; few customers make most payments, each in hours of their own. */
export function customerAt(world: World, day: number, hour: number, random: Random): number {
  const known = payingCustomers(world, day);
  let chosen = 0;
  for (let tries = 0; tries < TRIES; tries++) {
    chosen = Math.floor(known * random.fraction() ** 2);
    const first = hashOf(world.seed, STREAM.habit, chosen, 1) % 9;
    const local = hour + customerHome(world, chosen, day).country.utcOffset;
    // The earliest wake at six.
    if ((local - 6 - first + 48) % 24 < WAKING_HOURS) break;
  }
  return chosen;
}

/** One of the few merchants a customer goes to again and again; after the shift they are others. */
export function favouriteMerchant(world: World, customer: number, day: number, random: Random): number {
  const shifted = day >= world.shiftDay;
  const known = shifted ? merchantCount(world, Math.max(0, world.shiftDay - 1)) : world.launchMerchants;
  const which = random.below(FAVOURITES) + (shifted ? FAVOURITES : 0);
  const place = Math.floor(known * fractionOf(world.seed, STREAM.habit, customer, 2 + which) ** 2);
  return shifted ? known - 1 - place : place;
}

/** Stands for a card number; a customer has a first and a second card. */
export function cardToken(world: World, customer: number, card: number): string {
  const word = (part: number) =>
    hashOf(world.seed, STREAM.cardToken, customer, card * 4 + part)
      .toString(16)
      .padStart(8, '0');
  return `tok_${word(0)}${word(1)}${word(2)}`;
}
