/** What becomes of a payment after it was made, in days after its own. */
export interface Plan {
  /** null: never settled. 0: within minutes. */
  readonly settleDays: number | null;
  readonly settlesAs: 'succeeded' | 'failed';
  /** Share of the amount refunded by each; the last takes the rest where `full`. */
  readonly refunds: readonly {
    readonly days: number;
    readonly share: number;
    readonly full?: boolean;
    readonly notedDays?: number;
  }[];
  readonly dispute: PlannedDispute | null;
  /** Taken offline so many days before it reached us. */
  readonly offlineDays: number;
}

export interface PlannedDispute {
  readonly days: number;
  readonly reason: DisputeReason;
  /** A share of its holders say it was fraud, though it was none. */
  readonly friendlyFraud?: number;
  /** null: nobody ever closes it. */
  readonly closed: { readonly days: number; readonly won: boolean } | null;
}

export type DisputeReason = 'fraudulent' | 'product_not_received' | 'duplicate' | 'other';

export const USUAL: Plan = {
  settleDays: 0,
  settlesAs: 'succeeded',
  refunds: [],
  dispute: null,
  offlineDays: 0,
};

function refunded(...refunds: Plan['refunds']): Partial<Plan> {
  return { refunds };
}

const SPECIAL: Readonly<Record<number, Partial<Plan>>> = {
  ...Object.fromEntries(Array.from({ length: 10 }, (_, slot) => [slot, { settlesAs: 'failed' }])),
  10: { settleDays: 1 },
  11: { settleDays: 2 },
  12: { settleDays: 3 },
  13: { settleDays: 1 },
  14: { settleDays: 2, settlesAs: 'failed' },
  15: { settleDays: null },
  16: refunded({ days: 1, share: 1, full: true }),
  17: refunded({ days: 2, share: 1, full: true }),
  18: refunded({ days: 5, share: 1, full: true }),
  19: refunded({ days: 10, share: 1, full: true }),
  20: refunded({ days: 1, share: 0.3, notedDays: 2 }),
  21: refunded({ days: 3, share: 0.4 }, { days: 6, share: 0.6, full: true }),
  22: refunded({ days: 2, share: 0.25 }, { days: 9, share: 0.25 }),
  23: refunded({ days: 0, share: 0.5 }),
  24: { dispute: { days: 4, reason: 'product_not_received', friendlyFraud: 0.25, closed: { days: 16, won: false } } },
  25: { dispute: { days: 8, reason: 'product_not_received', closed: { days: 21, won: false } } },
  26: { dispute: { days: 11, reason: 'duplicate', closed: null } },
  27: { dispute: { days: 3, reason: 'other', closed: { days: 10, won: true } } },
  28: {
    ...refunded({ days: 7, share: 0.2 }),
    dispute: { days: 12, reason: 'other', friendlyFraud: 0.15, closed: { days: 26, won: false } },
  },
  29: refunded({ days: 12, share: 1, full: true }),
  30: { offlineDays: 1 },
  31: { offlineDays: 2 },
};

/** Every two hundred payments of a day hold each plan once. */
export const SLOTS = 200;
export const PLANS: readonly Plan[] = Array.from({ length: SLOTS }, (_, slot) => ({ ...USUAL, ...SPECIAL[slot] }));

/** No payment changes later than this after its day, frauds apart. */
export const LONGEST_LIFE_DAYS = 26;

// 77 * 13 = 1 modulo 200: a slot's payments are found without looking at the others.
const STEP = 77;
const INVERSE_STEP = 13;
const DAY_STEP = 31;

export function slotOf(day: number, index: number): number {
  return (index * STEP + day * DAY_STEP) % SLOTS;
}

/** Shares of all payments that their holders dispute as fraud though they are none. */
export const FRIENDLY_FRAUD_SHARE = PLANS.reduce((sum, { dispute }) => sum + (dispute?.friendlyFraud ?? 0), 0) / SLOTS;

function firstIndexOf(day: number, slot: number): number {
  return ((((slot - day * DAY_STEP) % SLOTS) + SLOTS) * INVERSE_STEP) % SLOTS;
}

const SLOTS_BY_AGE: readonly number[][] = Array.from({ length: LONGEST_LIFE_DAYS + 1 }, (_, age) =>
  PLANS.flatMap((plan, slot) => {
    const days = [
      plan.settleDays,
      plan.dispute?.days,
      plan.dispute?.closed?.days,
      ...plan.refunds.flatMap((refund) => [refund.days, refund.notedDays]),
    ];
    // A refund within hours may fall after midnight.
    if (plan.refunds.some((refund) => refund.days === 0)) days.push(1);
    return days.includes(age) ? [slot] : [];
  }),
);

/** The payments of `day` (by index, ascending) that may change `age` days later (1 or more), frauds' disputes apart: a superset, cheap to find. */
export function mayChange(day: number, age: number, payments: number): number[] {
  const found = new Set<number>();
  for (const slot of SLOTS_BY_AGE[age] ?? []) {
    for (let index = firstIndexOf(day, slot); index < payments; index += SLOTS) found.add(index);
  }
  // Settlement takes a quarter of an hour at most: only the day's last payments settle after midnight.
  if (age === 1) for (let index = Math.floor(payments * (1 - 1 / 64)); index < payments; index++) found.add(index);
  return [...found].sort((a, b) => a - b);
}
