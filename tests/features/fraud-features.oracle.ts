/** Times in whole minutes since the beginning of the test's world: windows begin and end on minutes, so ties are frequent. */
export interface Payment {
  readonly id: string;
  readonly event: number;
  readonly seen: number;
  readonly customer: string;
  readonly merchant: string;
  readonly card: string | null;
  readonly ip: string | null;
  readonly device: string | null;
  readonly country: string | null;
  readonly billing: string | null;
  readonly cardCountry: string | null;
  readonly currency: string;
  readonly cents: number | null;
}

export interface Label {
  readonly payment: string;
  readonly known: number;
  readonly fraud: boolean;
}

/** From when on a merchant had a size. */
export interface MerchantVersion {
  readonly merchant: string;
  readonly changed: number;
  readonly size: string;
}

/** What there was: payments, labels and merchants. */
export interface World {
  readonly payments: readonly Payment[];
  readonly labels: readonly Label[];
  readonly merchants: readonly MerchantVersion[];
}

export const HOUR = 60;
export const DAY = 24 * HOUR;

/** The world begins on a Tuesday. */
export const FIRST_DAY = '2026-09-01';
const WEEKDAYS = [2, 3, 4, 5, 6, 7, 1];

type Features = Record<string, number | boolean | string | null>;

/** The features of one payment by their definition: look at everything, keep what had happened and was known. */
export function featuresOf(payment: Payment, { payments, labels, merchants }: World): Features {
  const now = payment.event;
  const known = payments.filter((p) => p.event < now && p.seen < now);
  const since = (list: readonly Payment[], window: number) => list.filter((p) => p.event >= now - window);
  const cents = (list: readonly Payment[]) => list.reduce((sum, p) => sum + (p.cents ?? 0), 0);
  const counts = (whose: string, list: readonly Payment[] | null): Features =>
    Object.fromEntries(
      (
        [
          ['1h', HOUR],
          ['1d', DAY],
          ['7d', 7 * DAY],
          ['30d', 30 * DAY],
        ] as const
      ).map(([name, window]) => [`${whose}_count_${name}`, list && since(list, window).length]),
    );
  const seconds = (list: readonly Payment[] | null) => {
    const recent = since(list ?? [], 30 * DAY).map((p) => p.event);
    return recent.length === 0 ? null : (now - Math.max(...recent)) * 60;
  };
  const sameAs = <K extends 'card' | 'ip'>(key: K) =>
    payment[key] === null ? null : known.filter((p) => p[key] === payment[key]);

  const customer = known.filter((p) => p.customer === payment.customer);
  const merchant = known.filter((p) => p.merchant === payment.merchant);
  const card = sameAs('card');
  const month = since(customer, 30 * DAY);
  const isFirst = (key: 'device' | 'country' | 'currency' | 'merchant') =>
    payment[key] === null ? null : !month.some((p) => p[key] === payment[key]);
  const aged = since(merchant, 30 * DAY).filter((p) => p.event + 7 * DAY < now);
  const frauds = aged.filter((p) => labels.some((l) => l.payment === p.id && l.fraud && l.known < now));
  const hour = Math.floor((now % DAY) / HOUR);
  const [newest] = merchants
    .filter((m) => m.merchant === payment.merchant && m.changed <= now)
    .sort((a, b) => b.changed - a.changed);
  const differs = (a: string | null, b: string | null) => (a === null || b === null ? null : a !== b);
  return {
    amount_eur: payment.cents === null ? null : payment.cents / 100,
    merchant_size: newest?.size ?? null,
    hour_of_day: hour,
    day_of_week: WEEKDAYS[Math.floor(now / DAY) % 7]!,
    is_night: hour < 6,
    is_location_abroad: differs(payment.country, payment.billing),
    is_card_abroad: differs(payment.cardCountry, payment.billing),
    is_first_device: isFirst('device'),
    is_first_country: isFirst('country'),
    is_first_currency: isFirst('currency'),
    is_first_merchant: isFirst('merchant'),
    ...counts('customer', customer),
    ...counts('card', card),
    ...counts('merchant', merchant),
    ...counts('ip', sameAs('ip')),
    customer_amount_1d: cents(since(customer, DAY)) / 100,
    customer_amount_30d: cents(month) / 100,
    card_amount_1d: card && cents(since(card, DAY)) / 100,
    merchant_amount_1d: cents(since(merchant, DAY)) / 100,
    customer_seconds_since: seconds(customer),
    card_seconds_since: seconds(card),
    amount_to_customer_mean:
      payment.cents === null || cents(month) === 0 ? null : (payment.cents * month.length) / cents(month),
    merchant_aged_count: aged.length,
    merchant_fraud_count: frauds.length,
    merchant_risk: aged.length === 0 ? null : frauds.length / aged.length,
  };
}
