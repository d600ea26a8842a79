import { singleItem } from './basket.ts';
import { anyAddress, type Circumstances } from './circumstances.ts';
import { habitOf } from './customer-habit.ts';
import { compromiseOrigin, type Fraud } from './fraud-plan.ts';
import { merchantCount } from './merchant.ts';
import { centsIn, tradeOf } from './merchant-trade.ts';
import { type Plan, USUAL } from './payment-plan.ts';
import { Random } from './random.ts';
import { COUNTRIES, DEVICES } from './reference-data.ts';
import { STREAM, type World } from './world.ts';

/** What becomes of a fraud: its victim finds it on the statement, days or weeks later. */
export function fraudPlan({ fails, disputeDays, closeDays, won }: Fraud): Plan {
  return {
    ...USUAL,
    settlesAs: fails ? 'failed' : 'succeeded',
    dispute:
      disputeDays === null ? null : { days: disputeDays, reason: 'fraudulent', closed: { days: closeDays, won } },
  };
}

/** Where, with what and for how much a thief pays. */
export function fraudCircumstances(world: World, day: number, fraud: Fraud, random: Random): Circumstances {
  const habit = habitOf(world, fraud.customer, day);
  const trade = tradeOf(world, fraud.merchant ?? random.below(merchantCount(world, day)));
  // What all payments of a burst have in common.
  const thief = new Random(
    world.seed,
    STREAM.fraud,
    day,
    0x70000000 + fraud.burst * 8 + PATTERN_NUMBERS[fraud.pattern],
  );
  const foreign = COUNTRIES.filter(({ code }) => code !== habit.home.country.code);
  const origin =
    fraud.pattern === 'compromised_merchant'
      ? foreign[compromiseOrigin(world, day) % foreign.length]!
      : thief.pick(foreign);
  const device = thief.pick(DEVICES.filter((other) => other !== habit.device));
  const common = { habit, trade, currency: trade.currency, method: 'Credit Card', subscriptionId: null };
  const abroad = { device, ip: anyAddress(thief), location: { country: origin.code, city: thief.pick(origin.cities) } };
  const at = (euroCents: number) => singleItem(trade, centsIn(trade.currency, euroCents), random);
  switch (fraud.pattern) {
    case 'stolen_card':
      return { ...common, ...abroad, basket: at(trade.euroCents * (2 + 4 * random.fraction())) };
    case 'compromised_merchant':
      return { ...common, ...abroad, device: 'desktop', basket: at(trade.euroCents * (1 + 2 * random.fraction())) };
    case 'high_amount': {
      const home = { country: habit.home.country.code, city: habit.home.city };
      const stays = random.chance(0.4);
      return {
        ...common,
        ...abroad,
        location: stays ? home : abroad.location,
        basket: at(60_000 + 240_000 * random.fraction()),
      };
    }
    case 'card_testing':
      return { ...common, ...abroad, device: 'desktop', basket: at(100 + random.below(200)) };
    case 'account_takeover': {
      const account = { device: habit.device, location: { country: habit.home.country.code, city: habit.home.city } };
      const newest = tradeOf(world, merchantCount(world, day) - 1 - random.below(world.merchantsPerDay * 5));
      const euroCents = GIFT_CARDS[random.below(GIFT_CARDS.length)]!;
      return {
        ...common,
        ...account,
        trade: newest,
        currency: newest.currency,
        ip: anyAddress(thief),
        method: 'Digital Wallet',
        basket: singleItem(newest, centsIn(newest.currency, euroCents), random),
      };
    }
  }
}

const GIFT_CARDS = [10_000, 15_000, 20_000, 25_000] as const;
const PATTERN_NUMBERS = {
  stolen_card: 0,
  compromised_merchant: 1,
  high_amount: 2,
  card_testing: 3,
  account_takeover: 4,
} as const;
