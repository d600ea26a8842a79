import { centsIn, type Trade } from './merchant-trade.ts';
import type { Random } from './random.ts';

export interface OrderLine {
  readonly productId: string;
  readonly quantity: number;
  readonly unitCents: number;
}

export interface Basket {
  /** The sum of the lines where there are any. */
  readonly cents: number;
  readonly lines: readonly OrderLine[];
}

const LINE_COUNTS = [1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4] as const;
const DISCOUNTS = [1, 1, 1, 0.9, 0.85] as const;
const WITHOUT_LINES = 0.1;
const WHOLESALE = 0.001;

/** What a customer of this spending (1: usual) buys at a merchant. Some merchants do not tell what was bought. */
export function basketOf(trade: Trade, currency: string, spending: number, random: Random): Basket {
  const wholesale = random.chance(WHOLESALE) ? 20 + random.below(400) : 1;
  if (random.chance(WITHOUT_LINES)) {
    const level = trade.euroCents * spending * wholesale * (0.3 + 2 * random.fraction() ** 2);
    return { cents: centsIn(currency, level), lines: [] };
  }
  const count = LINE_COUNTS[random.below(LINE_COUNTS.length)]!;
  const lines: OrderLine[] = [];
  let cents = 0;
  for (let line = 0; line < count; line++) {
    // Who spends more takes more pieces.
    const quantity = (1 + Math.floor(spending * random.fraction() ** 3 * 3)) * wholesale;
    const made = lineOf(trade, currency, quantity, DISCOUNTS[random.below(DISCOUNTS.length)]!, random);
    lines.push(made);
    cents += made.quantity * made.unitCents;
  }
  return { cents, lines };
}

/** One piece of something, for a given amount. */
export function singleItem(trade: Trade, cents: number, random: Random): Basket {
  return { cents, lines: [{ productId: random.pick(trade.products).id, quantity: 1, unitCents: cents }] };
}

function lineOf(trade: Trade, currency: string, quantity: number, discount: number, random: Random): OrderLine {
  const product = random.pick(trade.products);
  return { productId: product.id, quantity, unitCents: centsIn(currency, product.euroCents * discount) };
}
