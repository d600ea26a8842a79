import { arrivalDay, customerCount, customerHome, movesOn } from './customer-home.ts';
import { hashOf, Random, uuidOf } from './random.ts';
import { SEGMENTS } from './reference-data.ts';
import { DAY, HOUR, type Micros, SECOND } from './simulated-time.ts';
import { dayStart, STREAM, type World } from './world.ts';

export interface Customer {
  readonly id: string;
  readonly userName: string;
  readonly email: string;
  readonly fullName: string;
  readonly segment: (typeof SEGMENTS)[number];
  readonly country: string | null;
  readonly city: string | null;
  readonly createdAt: Micros;
  readonly updatedAt: Micros;
}

/** Valid or not, each has been typed by somebody: nobody may lose a row over them. */
export const ODD_EMAILS = [
  "o'brien+tag@example.com",
  '"quoted space"@example.com',
  'post@bücher.example',
  'UPPER.Case@Example.COM',
  'no-at-sign',
  '',
  ' leading@blank.example',
  'comma,semi;tab\t@example.com',
  'NULL',
] as const;

export const ODD_NAMES = [
  'José "Pepe" Núñez',
  "Siobhán O'Connor",
  '李小龍',
  'محمد علي',
  'Line\nBreak Smith',
  'Back\\slash Jones',
  'NULL',
  '🧑‍🚀 Zoë Müller-Lüdenscheidt',
] as const;

const GIVEN = [
  'Anna',
  'Ben',
  'Chloé',
  'David',
  'Elif',
  'Frank',
  'Giulia',
  'Håkan',
  'Inês',
  'Jan',
  'Kenji',
  'Łucja',
] as const;
const FAMILY = [
  'Martin',
  'Schmidt',
  'García',
  'Rossi',
  'de Vries',
  'Smith',
  'Meier',
  'Lindqvist',
  'Nowak',
  'Yılmaz',
  'Silva',
  'Tanaka',
] as const;

export function customerId(world: World, index: number): string {
  return uuidOf(world.seed, STREAM.customer, 0, index);
}

/** A customer as first written: those of the launch were imported in one go and are older than their rows' `updated_at`. */
export function customer(world: World, index: number): Customer {
  const random = new Random(world.seed, STREAM.customer, 0, index);
  const given = random.pick(GIVEN);
  const family = random.pick(FAMILY);
  const odd = Math.floor(index / 10);
  const atLaunch = index < world.launchCustomers;
  const day = arrivalDay(world, index);
  const home = index % 40 === 11 ? null : customerHome(world, index, day);
  const arrived = dayStart(world, day) + random.below(24) * HOUR + random.below(HOUR);
  return {
    id: customerId(world, index),
    userName: `${given.toLowerCase()}${index}`,
    email:
      index % 10 === 3
        ? ODD_EMAILS[odd % ODD_EMAILS.length]!
        : `${given}.${family}.${index}@example.com`.toLowerCase().replaceAll(' ', ''),
    fullName: index % 10 === 7 ? ODD_NAMES[odd % ODD_NAMES.length]! : `${given} ${family}`,
    segment: SEGMENTS[[0, 0, 0, 1, 1, 2][random.below(6)]!]!,
    country: home?.country.code ?? null,
    // Known to live in a country, but not where.
    city: index % 25 === 4 ? null : (home?.city ?? null),
    createdAt: atLaunch ? world.start - random.below(90 * DAY) : arrived,
    updatedAt: atLaunch ? world.start : arrived,
  };
}

/** The customers whose row is first written on `day`. */
export function* customersOf(world: World, day: number): Generator<Customer> {
  for (let index = customerCount(world, day - 1); index < customerCount(world, day); index++)
    yield customer(world, index);
}

/** A change of a customer's row; what is not named stays as it stands. */
export interface CustomerChange {
  readonly id: string;
  /** How many segments on; the last is followed by the first, so that some come back to an old one. */
  readonly segments: number;
  readonly email: string | null;
  readonly country: string | null;
  readonly city: string | null;
  readonly at: Micros;
}

/** Customers who move, change their segment or their address on `day`: about one in a hundred, each once. */
export function customerChanges(world: World, day: number): CustomerChange[] {
  if (day === 0) return [];
  const known = customerCount(world, day - 1);
  const changes = new Map<number, CustomerChange>();
  const random = new Random(world.seed, STREAM.customerChange, day, 0);
  for (let count = Math.ceil(known / 100); count > 0; count--) {
    const index = random.below(known);
    const kind = random.below(4);
    changes.set(index, {
      ...unchanged(world, day, index),
      segments: kind < 2 ? 1 + kind : 0,
      email: kind < 2 ? null : `moved-${day}-${index}@example.org`,
    });
  }
  for (let index = 0; index < known; index++) {
    if (!movesOn(world, index, day)) continue;
    const home = customerHome(world, index, day);
    changes.set(index, { ...unchanged(world, day, index), country: home.country.code, city: home.city });
  }
  return [...changes.values()];
}

function unchanged(world: World, day: number, index: number): CustomerChange {
  const at =
    dayStart(world, day) + HOUR + (hashOf(world.seed, STREAM.customerChange, day, index + 1) % 79_200) * SECOND;
  return { id: customerId(world, index), segments: 0, email: null, country: null, city: null, at };
}
