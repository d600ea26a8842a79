import { customerCount, customerHome, customerId } from './customer.ts';
import { merchantCount, merchantId } from './merchant.ts';
import { lifeOf, type PaymentEvent } from './payment-life.ts';
import { PLANS, slotOf } from './payment-plan.ts';
import { Random, uuidOf } from './random.ts';
import { COUNTRIES, DEVICES, PAYMENT_METHODS } from './reference-data.ts';
import { DAY, type Micros, SECOND } from './simulated-time.ts';
import { dayStart, STREAM, type World } from './world.ts';

export interface Payment {
  readonly id: string;
  readonly merchantId: string;
  readonly customerId: string;
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
  readonly location: { readonly city: string; readonly country: string } | null;
  readonly eventTime: Micros;
  readonly createdAt: Micros;
  /** Settlement, refunds and disputes, oldest first. */
  readonly life: readonly PaymentEvent[];
}

const ODD_STREETS = ['12 "The Mews"', "Rue de l'Église 3\nBât. B", 'C:\\Street\\7', 'straße\t5', '', 'NULL'] as const;

/** Payment `index` of `day` with all that will become of it; depends on the world and these two only. */
export function payment(world: World, day: number, index: number): Payment {
  const random = new Random(world.seed, STREAM.payment, day, index);
  const plan = PLANS[slotOf(day, index)]!;
  const createdAt = creationTime(world, day, index, random);
  const customer = Math.floor(Math.max(world.launchCustomers, customerCount(world, day - 1)) * random.fraction() ** 2);
  const home = customerHome(world, customer);
  const away = random.chance(0.1);
  const place = away ? random.pick(COUNTRIES) : home;
  const currency = random.chance(0.85) ? home.currency : random.pick(COUNTRIES).currency;
  const cents = amountInCents(random, currency);
  const offline = plan.offlineDays > 0 && day >= plan.offlineDays;
  const eventTime = offline
    ? createdAt - plan.offlineDays * DAY
    : Math.max(dayStart(world, day), createdAt - random.below(2 * SECOND));
  return {
    id: uuidOf(world.seed, STREAM.payment, day, index),
    merchantId: merchantId(world, chooseMerchant(world, day, random)),
    customerId: customerId(world, customer),
    cents,
    currency,
    method: plan.settleDays !== 0 ? 'Bank Transfer' : PAYMENT_METHODS[[0, 0, 0, 1, 1, 2, 3, 3][random.below(8)]!]!,
    device: random.chance(0.03) ? null : DEVICES[[0, 0, 0, 1, 1, 2][random.below(6)]!]!,
    billing: random.chance(0.04)
      ? null
      : {
          street: random.chance(0.02)
            ? random.pick(ODD_STREETS)
            : random.chance(0.02)
              ? null
              : `${1 + random.below(200)} Main Street`,
          city: random.pick(home.cities),
          postalCode: String(random.below(100_000)).padStart(5, '0'),
          country: home.code,
        },
    ip: random.chance(0.02)
      ? null
      : `${1 + random.below(223)}.${random.below(256)}.${random.below(256)}.${random.below(256)}`,
    location: random.chance(0.03) ? null : { city: random.pick(place.cities), country: place.code },
    eventTime,
    createdAt,
    life: lifeOf({ world, day, index, createdAt, cents, currency, plan, random }),
  };
}

/** Payments are spread evenly and in the order of their index; the first and the last touch midnight to the microsecond. */
function creationTime(world: World, day: number, index: number, random: Random): Micros {
  const start = dayStart(world, day);
  const jitter = random.fraction();
  if (index === 0) return start;
  if (index === world.rowsPerDay - 1) return start + DAY - 1;
  return start + Math.floor(((index + jitter) / world.rowsPerDay) * DAY);
}

/** Few merchants take most payments; the newest ones are tried at once, also those whose row is still missing. */
function chooseMerchant(world: World, day: number, random: Random): number {
  const known = merchantCount(world, day);
  if (day > 0 && random.chance(0.04)) {
    const recent = Math.min(day, 3) * world.merchantsPerDay;
    return known - 1 - random.below(recent);
  }
  return Math.floor(known * random.fraction() ** 2);
}

function amountInCents(random: Random, currency: string): number {
  const skewed = random.fraction() ** 4;
  const cents = 100 + Math.floor(skewed * (random.chance(0.001) ? 25_000_000 : 90_000)) + random.below(3_000);
  // Yen have no decimals.
  return currency === 'JPY' ? cents * 100 : cents;
}
