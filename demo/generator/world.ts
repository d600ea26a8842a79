import { DAY, type Micros, startOf } from './simulated-time.ts';

/** The constants of one simulation: everything it holds follows from them. */
export interface World {
  readonly seed: number;
  /** The launch, 00:00 UTC of day 0. */
  readonly start: Micros;
  readonly rowsPerDay: number;
  readonly launchCustomers: number;
  readonly customersPerDay: number;
  readonly launchMerchants: number;
  readonly merchantsPerDay: number;
  /** Multiples of 100: each kind of dirt has its place in every hundred documents. */
  readonly reviewsPerDay: number;
  readonly sessionsPerDay: number;
  readonly launchSubscriptions: number;
  readonly subscriptionsPerDay: number;
  /** Scored copies in MongoDB: a sample of the payments. */
  readonly scoredCopiesPerDay: number;
  readonly logsPerDay: number;
  readonly featuresPerDay: number;
  /** The first day of another merchant mix and another kind of fraud; Infinity: never. */
  readonly shiftDay: number;
  /** About the size of the day's largest document in bytes; 0: none. */
  readonly hugeDocumentBytes: number;
}

/** What a stream of random numbers or ids is for: two uses never share one. */
export const STREAM = {
  customer: 1,
  customerChange: 2,
  merchant: 3,
  merchantChange: 4,
  payment: 5,
  refund: 6,
  rate: 7,
  review: 8,
  reviewId: 9,
  session: 10,
  sessionId: 11,
  unknownMerchant: 12,
  password: 13,
  customerHome: 14,
  customerMove: 15,
  habit: 16,
  cardToken: 17,
  product: 18,
  productChange: 19,
  subscription: 20,
  fraud: 21,
  dispute: 22,
  gateway: 23,
  profile: 24,
  appCustomer: 25,
  appMerchant: 26,
  scoredCopy: 27,
  log: 28,
  feature: 29,
  compromised: 30,
} as const;

export function createWorld(options: {
  seed: number;
  start: string;
  rowsPerDay: number;
  hugeDocumentBytes?: number;
  shiftFrom?: string;
}): World {
  const { seed, rowsPerDay } = options;
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
    throw new Error(`seed ${seed}: give an integer of 0 to 4294967295`);
  if (!Number.isInteger(rowsPerDay) || rowsPerDay < 1 || rowsPerDay > 50_000_000) {
    throw new Error(`rows a day ${rowsPerDay}: give an integer of 1 to 50000000`);
  }
  const hundreds = (share: number) => 100 * Math.min(200, Math.max(1, Math.round((rowsPerDay * share) / 100)));
  return {
    seed,
    start: startOf(options.start),
    rowsPerDay,
    launchCustomers: Math.max(200, Math.round(rowsPerDay * 0.15)),
    customersPerDay: Math.max(4, Math.round(rowsPerDay * 0.01)),
    launchMerchants: Math.round(60 * Math.max(1, Math.sqrt(rowsPerDay / 2000))),
    merchantsPerDay: Math.round(2 * Math.max(1, Math.sqrt(rowsPerDay / 2000))),
    reviewsPerDay: hundreds(0.1),
    sessionsPerDay: hundreds(0.25),
    launchSubscriptions: Math.max(40, Math.round(rowsPerDay * 0.08)),
    subscriptionsPerDay: Math.max(1, Math.round(rowsPerDay * 0.002)),
    scoredCopiesPerDay: hundreds(0.1),
    logsPerDay: hundreds(0.02),
    featuresPerDay: hundreds(0.02),
    shiftDay: options.shiftFrom === undefined ? Number.POSITIVE_INFINITY : shiftDay(options.shiftFrom, options.start),
    // MongoDB refuses documents above 16 MB.
    hugeDocumentBytes: Math.min(options.hugeDocumentBytes ?? 3_000_000, 14_000_000),
  };
}

function shiftDay(from: string, start: string): number {
  const day = (startOf(from) - startOf(start)) / DAY;
  if (day < 0) throw new Error(`the shift on ${from} lies before the launch on ${start}`);
  return day;
}

/** The start of the world's day `day` (0: the launch). */
export function dayStart(world: World, day: number): Micros {
  return world.start + day * DAY;
}
