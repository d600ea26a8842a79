import { Random, uuidOf } from './random.ts';
import { COUNTRIES, type Country, SEGMENTS } from './reference-data.ts';
import { DAY, HOUR, type Micros } from './simulated-time.ts';
import { dayStart, STREAM, type World } from './world.ts';

export interface Customer {
  readonly id: string;
  readonly userName: string;
  readonly email: string;
  readonly fullName: string;
  readonly segment: (typeof SEGMENTS)[number];
  readonly country: string | null;
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

/** How many customers have arrived by the end of day `day`. */
export function customerCount(world: World, day: number): number {
  return day < 0 ? 0 : world.launchCustomers + day * world.customersPerDay;
}

export function customerId(world: World, index: number): string {
  return uuidOf(world.seed, STREAM.customer, 0, index);
}

/** Where a customer lives and pays from, whether or not the row says so. */
export function customerHome(world: World, index: number): Country {
  return new Random(world.seed, STREAM.customer, 1, index).pick(COUNTRIES);
}

/** A customer as first written: those of the launch were imported in one go and are older than their rows' `updated_at`. */
export function customer(world: World, index: number): Customer {
  const random = new Random(world.seed, STREAM.customer, 0, index);
  const given = random.pick(GIVEN);
  const family = random.pick(FAMILY);
  const odd = Math.floor(index / 10);
  const atLaunch = index < world.launchCustomers;
  const day = atLaunch ? 0 : 1 + Math.floor((index - world.launchCustomers) / world.customersPerDay);
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
    country: index % 40 === 11 ? null : customerHome(world, index).code,
    createdAt: atLaunch ? world.start - random.below(90 * DAY) : arrived,
    updatedAt: atLaunch ? world.start : arrived,
  };
}

/** The customers whose row is first written on `day`. */
export function* customersOf(world: World, day: number): Generator<Customer> {
  for (let index = customerCount(world, day - 1); index < customerCount(world, day); index++)
    yield customer(world, index);
}

/** Customers who move, upgrade or change their address on `day`: about one in a hundred. Their rows after the change. */
export function customerChanges(world: World, day: number): Customer[] {
  if (day === 0) return [];
  const known = customerCount(world, day - 1);
  const random = new Random(world.seed, STREAM.customerChange, day, 0);
  const changed = new Map<number, Customer>();
  for (let count = Math.ceil(known / 100); count > 0; count--) {
    const index = random.below(known);
    const before = customer(world, index);
    const updatedAt = dayStart(world, day) + HOUR + random.below(22 * HOUR);
    const change = random.below(3);
    changed.set(index, {
      ...before,
      segment: change === 0 ? SEGMENTS[(SEGMENTS.indexOf(before.segment) + 1) % SEGMENTS.length]! : before.segment,
      country: change === 1 ? random.pick(COUNTRIES).code : before.country,
      email: change === 2 ? `moved-${day}-${index}@example.org` : before.email,
      updatedAt,
    });
  }
  return [...changed.values()];
}
