import type { ObjectId } from 'mongodb';
import { customer } from './customer.ts';
import { habitOf } from './customer-habit.ts';
import { arrivalDay, customerCount } from './customer-home.ts';
import { dirtSlot, documentOf, MISSING, objectIdAt, TIME_FORMS } from './document-dirt.ts';
import { hashOf } from './random.ts';
import { CURRENCIES, DEVICES } from './reference-data.ts';
import { HOUR, type Micros, SECOND } from './simulated-time.ts';
import { dayStart, STREAM, type World } from './world.ts';

export type StoredDocument = Record<string, unknown> & { _id: ObjectId; updated_at: Date };

/** The shop knows its first customers only: more would say nothing new. */
const MOST = 20_000;
const ODD_TIMES = Object.fromEntries(Object.values(TIME_FORMS).map((form, slot) => [slot, form]));
const ODD_PREFERENCES: Readonly<Record<number, unknown>> = { 10: MISSING, 11: null, 12: [], 13: 'none', 14: {} };

/** What a customer prefers, as first written. */
function appCustomer(world: World, index: number): StoredDocument {
  const made = customer(world, index);
  const slot = dirtSlot(0, index);
  const at = made.updatedAt + index * 1000;
  const currency = habitOf(world, index, arrivalDay(world, index)).home.country.currency;
  return documentOf({
    _id: objectIdAt(at, world.seed, STREAM.appCustomer, 0, index),
    customer_id: slot === 20 ? made.id.toUpperCase() : slot === 21 ? MISSING : made.id,
    userName: slot === 22 ? MISSING : slot === 23 ? 4711 : made.userName,
    email: slot === 24 ? null : made.email,
    preferences: slot in ODD_PREFERENCES ? ODD_PREFERENCES[slot] : preferences(world, index, 0, currency),
    lastUpdated: ODD_TIMES[slot] ? ODD_TIMES[slot](at / 1000) : new Date(at / 1000),
    updated_at: new Date(Math.floor(at / 1000)),
  }) as StoredDocument;
}

function preferences(world: World, index: number, change: number, currency: string): Record<string, unknown> {
  const { device, method } = habitOf(world, index, 0);
  const word = hashOf(world.seed, STREAM.appCustomer, index, change);
  if (change === 0) return { device, paymentMethod: method, currency };
  return {
    device: DEVICES[word % DEVICES.length],
    paymentMethod: method.toUpperCase(),
    currency: CURRENCIES[(word >>> 8) % CURRENCIES.length]!.code,
    newsletter: word % 2 === 0,
  };
}

/** The documents of the customers who come on `day`. */
export function* appCustomersOf(world: World, day: number): Generator<StoredDocument> {
  const last = Math.min(MOST, customerCount(world, day));
  for (let index = customerCount(world, day - 1); index < last; index++) yield appCustomer(world, index);
}

/** One in a hundred customers changes the preferences on `day`. */
export function* appCustomerEdits(world: World, day: number): Generator<StoredDocument> {
  const known = Math.min(MOST, customerCount(world, day - 1));
  for (let index = (day * 31) % 100; day > 0 && index < known; index += 100) {
    const before = appCustomer(world, index);
    const at: Micros = dayStart(world, day) + 7 * HOUR + (index % 3600) * SECOND;
    const currency = habitOf(world, index, day).home.country.currency;
    const when = new Date(at / 1000);
    yield { ...before, preferences: preferences(world, index, day, currency), lastUpdated: when, updated_at: when };
  }
}
