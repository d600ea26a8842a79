import { merchant, merchantId } from './merchant.ts';
import { hashOf, Random, uuidOf } from './random.ts';
import { COUNTRIES, CURRENCIES } from './reference-data.ts';
import { STREAM, type World } from './world.ts';

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly categoryId: number;
  readonly euroCents: number;
}

/** What a merchant sells and to whom; it stays as it is when the merchant's row changes. */
export interface Trade {
  readonly id: string;
  readonly index: number;
  readonly industry: string;
  readonly currency: string;
  readonly country: string;
  readonly euroCents: number;
  readonly products: readonly Product[];
}

/** Usual price in cents of a euro, categories, and words that name products. */
const INDUSTRY_TRADES: Readonly<
  Record<string, { euroCents: number; categories: readonly string[]; things: readonly string[] }>
> = {
  Retail: {
    euroCents: 3500,
    categories: ['Clothing', 'Home', 'Electronics'],
    things: ['Jacket', 'Lamp', 'Headphones', 'Chair "Øre"'],
  },
  Travel: {
    euroCents: 22_000,
    categories: ['Flights', 'Hotels'],
    things: ['Flight', 'Night in a double room', 'Rail pass'],
  },
  Food: { euroCents: 1400, categories: ['Groceries', 'Restaurants'], things: ['Menu', 'Crème brûlée', "Farmer's box"] },
  Software: {
    euroCents: 4200,
    categories: ['Subscriptions', 'Licences'],
    things: ['Licence', 'Seat', 'Add-on; monthly'],
  },
  Gaming: { euroCents: 1900, categories: ['Games', 'Virtual Goods'], things: ['Game', 'Coins', 'Season pass 🎮'] },
  Health: { euroCents: 5200, categories: ['Pharmacy', 'Fitness'], things: ['Vitamins', 'Gym month', 'Massage'] },
};

/** The categories' numbers are their places in this list, from 1. */
export const CATEGORIES: readonly string[] = Object.values(INDUSTRY_TRADES).flatMap((trade) => trade.categories);

const COUNTRY_CURRENCY = new Map(COUNTRIES.map(({ code, currency }) => [code, currency]));
const UNITS_PER_EURO = new Map(CURRENCIES.map(({ code, rate }) => [code, rate === null ? 1 : 1 / rate]));

// Merchants are few and asked for with every payment.
const known = new WeakMap<World, Trade[]>();

export function tradeOf(world: World, index: number): Trade {
  const trades = known.get(world) ?? [];
  known.set(world, trades);
  const trade = trades[index] ?? makeTrade(world, index);
  trades[index] = trade;
  return trade;
}

function makeTrade(world: World, index: number): Trade {
  const { industry, country } = merchant(world, index);
  const { euroCents, categories, things } = INDUSTRY_TRADES[industry]!;
  const random = new Random(world.seed, STREAM.product, index, 0);
  const level = euroCents * (0.4 + 1.6 * random.fraction() ** 2);
  const home = country ?? COUNTRIES[hashOf(world.seed, STREAM.product, index, 1) % COUNTRIES.length]!.code;
  const products = Array.from({ length: 3 + random.below(8) }, (_, number) => ({
    id: uuidOf(world.seed, STREAM.product, number, index),
    name: `${random.pick(things)} ${number + 1}`,
    categoryId: 1 + CATEGORIES.indexOf(random.pick(categories)),
    euroCents: Math.max(100, Math.round(level * (0.3 + 1.7 * random.fraction() ** 2))),
  }));
  return {
    id: merchantId(world, index),
    index,
    industry,
    country: home,
    currency: COUNTRY_CURRENCY.get(home)!,
    euroCents: Math.round(level),
    products,
  };
}

/** About the same in another currency, at least one unit of it. Yen have no decimals. */
export function centsIn(currency: string, euroCents: number): number {
  const cents = Math.max(100, Math.round(euroCents * UNITS_PER_EURO.get(currency)!));
  return currency === 'JPY' ? Math.round(cents / 100) * 100 : cents;
}
