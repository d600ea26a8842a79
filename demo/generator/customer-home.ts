import { fractionOf, hashOf } from './random.ts';
import { COUNTRIES, type Country } from './reference-data.ts';
import { STREAM, type World } from './world.ts';

/** How many customers have arrived by the end of day `day`. */
export function customerCount(world: World, day: number): number {
  return day < 0 ? 0 : world.launchCustomers + day * world.customersPerDay;
}

/** How many customers may pay on `day`: those who were there the day before. */
export function payingCustomers(world: World, day: number): number {
  return Math.max(world.launchCustomers, customerCount(world, day - 1));
}

export function arrivalDay(world: World, index: number): number {
  return index < world.launchCustomers ? 0 : 1 + Math.floor((index - world.launchCustomers) / world.customersPerDay);
}

export interface Home {
  readonly country: Country;
  readonly city: string;
}

/** In every so many days a customer moves once, or not at all. */
const BLOCK = 200;
const MOVES = 0.6;
const NEVER = -1;

/** Where a customer lives and pays from on `day`, whether or not the row says so. */
export function customerHome(world: World, index: number, day: number): Home {
  const moved = lastMove(world, index, day);
  const word = hashOf(world.seed, STREAM.customerHome, index, moved);
  const country = COUNTRIES[word % COUNTRIES.length]!;
  return { country, city: country.cities[(word >>> 8) % country.cities.length]! };
}

/** Does the customer move on `day`? */
export function movesOn(world: World, index: number, day: number): boolean {
  return day > arrivalDay(world, index) && moveOfBlock(world, index, Math.floor(day / BLOCK)) === day;
}

function lastMove(world: World, index: number, day: number): number {
  const arrived = arrivalDay(world, index);
  for (let block = Math.floor(day / BLOCK); block >= Math.floor(arrived / BLOCK); block--) {
    const moved = moveOfBlock(world, index, block);
    if (moved > arrived && moved <= day) return moved;
  }
  return NEVER;
}

function moveOfBlock(world: World, index: number, block: number): number {
  const drawn = fractionOf(world.seed, STREAM.customerMove, index, block);
  return drawn < MOVES ? block * BLOCK + Math.floor((drawn / MOVES) * BLOCK) : NEVER;
}
