import { Random, uuidOf } from './random.ts';
import { COUNTRIES, INDUSTRIES, SIZES } from './reference-data.ts';
import { DAY, HOUR, type Micros } from './simulated-time.ts';
import { dayStart, STREAM, type World } from './world.ts';

export interface Merchant {
  readonly id: string;
  readonly name: string;
  readonly industry: string;
  readonly size: (typeof SIZES)[number];
  readonly country: string | null;
  readonly city: string | null;
  readonly createdAt: Micros;
  readonly updatedAt: Micros;
}

export const ODD_MERCHANT_NAMES = [
  'Café "Zur Post"',
  "Papa John's; comma, semicolon",
  'Line\nBreak & Co.',
  'Windows\r\nShop',
  'Tab\tShop',
  'Back\\slash \\N \\. Ltd',
  'NULL',
  '\\N',
  '🛍️ Emoji Störe',
  '  leading and trailing  ',
  '',
  'מכולת של דני',
] as const;

/** A late merchant's row is copied over this many days after its first payments. */
export const MERCHANT_DELAY_DAYS = 2;

/** How many merchants take payments by the end of day `day`, whether or not their rows are there. */
export function merchantCount(world: World, day: number): number {
  return day < 0 ? 0 : world.launchMerchants + day * world.merchantsPerDay;
}

export function merchantId(world: World, index: number): string {
  return uuidOf(world.seed, STREAM.merchant, 0, index);
}

/** Every other merchant that comes after the launch is late. */
function delayDays(world: World, index: number): number {
  return index >= world.launchMerchants && (index - world.launchMerchants) % 2 === 0 ? MERCHANT_DELAY_DAYS : 0;
}

/** A merchant as first written. */
export function merchant(world: World, index: number): Merchant {
  const random = new Random(world.seed, STREAM.merchant, 0, index);
  const atLaunch = index < world.launchMerchants;
  const arrivalDay = atLaunch ? 0 : 1 + Math.floor((index - world.launchMerchants) / world.merchantsPerDay);
  const written = dayStart(world, arrivalDay + delayDays(world, index)) + random.below(24) * HOUR + random.below(HOUR);
  const industry = random.pick(INDUSTRIES);
  const size = random.pick(SIZES);
  const country = random.pick(COUNTRIES);
  const isPlaced = index % 20 !== 6;
  return {
    id: merchantId(world, index),
    name:
      index % 4 === 1
        ? ODD_MERCHANT_NAMES[Math.floor(index / 4) % ODD_MERCHANT_NAMES.length]!
        : `${industry} No. ${index}`,
    industry,
    size,
    country: isPlaced ? country.code : null,
    city: isPlaced ? random.pick(country.cities) : null,
    createdAt: atLaunch ? world.start - random.below(200 * DAY) : written,
    updatedAt: atLaunch ? world.start : written,
  };
}

/** The merchants whose row is first written on `day`: its own that are in time, and the late ones of two days ago. */
export function* merchantsOf(world: World, day: number): Generator<Merchant> {
  for (const arrivalDay of [day - MERCHANT_DELAY_DAYS, day]) {
    for (let index = merchantCount(world, arrivalDay - 1); index < merchantCount(world, arrivalDay); index++) {
      if (arrivalDay + delayDays(world, index) === day) yield merchant(world, index);
    }
  }
}

/** A change of a merchant's row; what is not named stays as it stands. */
export interface MerchantChange {
  readonly id: string;
  /** How many sizes on; the largest is followed by the smallest. */
  readonly sizes: number;
  readonly name: string | null;
  readonly industry: string | null;
  readonly country: string | null;
  readonly city: string | null;
  readonly at: Micros;
}

/** Merchants that grow, shrink, move, are renamed or turn to another trade on `day`: at least one, each once. */
export function merchantChanges(world: World, day: number): MerchantChange[] {
  if (day === 0) return [];
  const known = merchantCount(world, day - 1 - MERCHANT_DELAY_DAYS) || world.launchMerchants;
  const random = new Random(world.seed, STREAM.merchantChange, day, 0);
  const changed = new Map<number, MerchantChange>();
  for (let count = Math.ceil(known / 100); count > 0; count--) {
    const index = random.below(known);
    const at = dayStart(world, day) + HOUR + random.below(22 * HOUR);
    const kind = random.below(6);
    const country = random.pick(COUNTRIES);
    changed.set(index, {
      id: merchantId(world, index),
      sizes: kind < 2 ? 1 + kind : 0,
      name: kind === 2 || kind === 3 ? `${merchant(world, index).name} (since day ${day})` : null,
      industry: kind === 4 ? random.pick(INDUSTRIES) : null,
      country: kind === 5 ? country.code : null,
      city: kind === 5 ? random.pick(country.cities) : null,
      at,
    });
  }
  return [...changed.values()];
}
