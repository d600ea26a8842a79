import { arrivalDay, customerCount, customerHome } from './customer-home.ts';
import { Random, uuidOf } from './random.ts';
import { SEGMENTS } from './reference-data.ts';
import { DAY, HOUR, type Micros } from './simulated-time.ts';
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
