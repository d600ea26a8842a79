import type { CopyValue } from './copy-text.ts';
import { type Merchant, ODD_MERCHANT_NAMES } from './merchant.ts';
import { Random } from './random.ts';
import { COUNTRIES, CURRENCIES } from './reference-data.ts';
import { DAY, dateOf, isoOf } from './simulated-time.ts';
import { STREAM, type World } from './world.ts';

const PEOPLE = ['contact', 'technical', 'billing'] as const;
const ADDRESSES = ['registered', 'trading'] as const;
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const METHODS = ['credit_card', 'debit_card', 'bank_transfer', 'digital_wallet'] as const;
const CHECKS = ['kyc', 'aml', 'pci', 'sanctions'] as const;
const FLAGS = ['high_risk', 'regulated', 'marketplace', 'charity', 'seasonal'] as const;
const FEATURES = ['three_d_secure', 'recurring', 'refunds', 'payouts', 'webhooks', 'beta_features'] as const;
const NAMES = ['Ada Lovelace', "Conan O'Brien", '山田 太郎', 'Zoë "Z" Åkesson', ''] as const;

/** A merchant's answers, column by column; which questions were answered depends on the merchant. */
export function merchantProfile(world: World, made: Merchant): Record<string, CopyValue> {
  const random = new Random(world.seed, STREAM.profile, Number.parseInt(made.id.slice(0, 8), 16), 0);
  const maybe = <T extends CopyValue>(value: T): T | null => (random.chance(0.15) ? null : value);
  const number = (digits: number) => Array.from({ length: digits }, () => random.below(10)).join('');
  const each = (names: readonly string[], columns: (name: string) => Record<string, CopyValue>) =>
    Object.assign({}, ...names.map(columns)) as Record<string, CopyValue>;
  const country = COUNTRIES.find(({ code }) => code === made.country) ?? random.pick(COUNTRIES);
  const past = (days: number) => made.updatedAt - random.below(days) * DAY;
  const euros = (limit: number) => `${random.below(limit)}.${number(2)}`;
  return {
    merchant_id: made.id,
    legal_name: made.name,
    legal_form: maybe(random.pick(['GmbH', 'SARL', 'Ltd', 'S.p.A.', 'AB'])),
    registration_number: maybe(number(9)),
    vat_number: maybe(`${country.code}${number(9)}`),
    founded_on: maybe(dateOf(past(15_000))),
    employee_count: maybe(random.below(3000)),
    annual_revenue_eur: maybe(euros(50_000_000)),
    website: maybe(`https://shop-${made.id.slice(0, 8)}.example/?q=a%20b&c="d"`),
    description: maybe(`${random.pick(ODD_MERCHANT_NAMES)}\n`.repeat(1 + random.below(40))),
    merchant_category_code: maybe(number(4)),
    ...each(PEOPLE, (who) => ({
      [`${who}_name`]: maybe(random.pick(NAMES)),
      [`${who}_email`]: maybe(`${who}@shop-${made.id.slice(0, 8)}.example`),
      [`${who}_phone`]: maybe(`+${number(11)}`),
    })),
    ...each(ADDRESSES, (where) => ({
      [`${where}_street`]: maybe(`${1 + random.below(99)} High Street`),
      [`${where}_postal_code`]: maybe(number(5)),
      [`${where}_city`]: maybe(made.city ?? random.pick(country.cities)),
      [`${where}_country`]: maybe(country.code),
    })),
    latitude: maybe(random.below(180_000_000) / 1e6 - 90),
    longitude: maybe(random.below(360_000_000) / 1e6 - 180),
    timezone: maybe(country.timezone),
    language: maybe(country.code.toLowerCase()),
    ...each(WEEKDAYS, (weekday) => {
      const opens = weekday === 'sunday' && random.chance(0.8) ? null : maybe(`0${7 + random.below(3)}:00`);
      return { [`${weekday}_opens`]: opens, [`${weekday}_closes`]: opens && `${17 + random.below(6)}:30` };
    }),
    ...each(
      CURRENCIES.map(({ code }) => code.toLowerCase()),
      (currency) => ({ [`accepts_${currency}`]: currency === 'eur' || random.chance(0.5) }),
    ),
    ...each(METHODS, (method) => ({
      [`accepts_${method}`]: random.chance(0.9),
      [`limit_${method}_eur`]: maybe(euros(10_000)),
    })),
    ...each(
      Array.from({ length: 12 }, (_, month) => String(month + 1).padStart(2, '0')),
      (month) => ({
        [`forecast_month_${month}_eur`]: maybe(euros(1_000_000)),
      }),
    ),
    settlement_currency: maybe(country.currency),
    settlement_interval: maybe(random.pick(['daily', 'weekly', 'monthly'])),
    settlement_delay_days: maybe(1 + random.below(14)),
    settlement_bank_name: maybe('Bank "Ünion" & Co.'),
    settlement_bank_country: maybe(country.code),
    settlement_account_number: `${country.code}${number(20)}`,
    reserve_percent: maybe(`0.${number(4)}`),
    reserve_days: maybe(random.below(180)),
    ...each(CHECKS, (check) => ({
      [`${check}_status`]: maybe(random.pick(['passed', 'passed', 'pending', 'failed'])),
      [`${check}_checked_at`]: maybe(isoOf(past(400))),
      [`${check}_expires_on`]: maybe(dateOf(past(400) + 800 * DAY)),
    })),
    ...each(FLAGS, (flag) => ({ [`is_${flag}`]: random.chance(0.1) })),
    risk_score: maybe(random.below(101)),
    risk_note: maybe(random.pick(['', 'ok', 'called back; "will send papers"\nwaiting'])),
    ...each(FEATURES, (feature) => ({ [`${feature}_enabled`]: random.chance(0.6) })),
    webhook_url: maybe(`https://hooks.example/${number(6)}`),
    api_version: maybe(`2026-0${1 + random.below(9)}-01`),
    statement_descriptor: maybe(made.name.slice(0, 22)),
    brand_colour: maybe(`#${number(6)}`),
    logo_url: maybe(`https://cdn.example/${number(8)}.svg`),
    support_url: maybe('https://support.example/ünïcödé'),
    refund_policy: maybe('Within 30 days; "no questions asked".\n'.repeat(1 + random.below(60))),
    tags: maybe(`{"new","a, b","${random.pick(['x', 'y\\"z'])}"}`),
    settings: maybe(JSON.stringify({ theme: 'dark', limits: { daily: random.below(9999) }, note: 'a "b"\n\\c' })),
    account_manager: maybe(random.pick(NAMES)),
    acquired_by: maybe(random.pick(['web', 'partner', 'fair'])),
    contract_signed_on: maybe(dateOf(past(900))),
    contract_ends_on: random.chance(0.5) ? null : dateOf(past(10) + 900 * DAY),
    updated_at: isoOf(made.updatedAt),
  };
}
