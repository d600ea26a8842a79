import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { CustomerSeen, DimensionRow, FactRow, PaymentSeen } from './history.oracle.ts';
import { LakeRunner } from './lake-runner.ts';
import { bronzeCustomer, bronzePayment, dimCustomer, factPayment, shop } from './shop.project.ts';

export const SQL = join(fileURLToPath(import.meta.url), '..', 'sql');
export const openShop = (folder: string): Promise<LakeRunner> => LakeRunner.open(shop, SQL, folder);

/** 2026-11-01 00:00:00 UTC. */
export const START = Date.UTC(2026, 10, 1) / 1000;
export const DAY = 86_400;

const at = (seconds: number): string => `make_timestamptz(${seconds}::BIGINT * 1000000)`;
const text = (value: string | null): string => (value === null ? 'NULL::VARCHAR' : `'${value}'`);

export const customerQuery = (seen: readonly CustomerSeen[]): string =>
  seen
    .map(
      (c) =>
        `SELECT ${text(c.id)} AS id, ${text(c.segment)} AS segment, ${text(c.country)} AS country, ${text(c.email)} AS email, ${at(c.updatedAt)} AS updated_at,
         '${c.deletedAt === undefined ? 'u' : 'd'}' AS _op, ${c.position}::BIGINT AS _position, ${at(c.deletedAt ?? c.updatedAt + 60)} AS _observed_at`,
    )
    .join(' UNION ALL ');

export const paymentQuery = (seen: readonly PaymentSeen[]): string =>
  seen
    .map(
      (p) =>
        `SELECT ${text(p.id)} AS id, ${text(p.customer)} AS customer_id, ${p.cents / 100}::DECIMAL(18, 2) AS amount, ${at(p.paidAt)} AS paid_at,
         ${at(p.updatedAt)} AS updated_at, 'u' AS _op, ${p.position}::BIGINT AS _position, ${at(p.updatedAt + 60)} AS _observed_at`,
    )
    .join(' UNION ALL ');

export async function bring(
  runner: LakeRunner,
  customers: readonly CustomerSeen[],
  payments: readonly PaymentSeen[] = [],
): Promise<void> {
  if (customers.length > 0) await runner.ingest(bronzeCustomer, customerQuery(customers));
  if (payments.length > 0) await runner.ingest(bronzePayment, paymentQuery(payments));
}

const DIMENSION = `customer_key::VARCHAR AS customer_key, customer_id, segment, country, email,
  CASE WHEN valid_from > TIMESTAMPTZ '0001-01-01 00:00:00+00' THEN (epoch_us(valid_from) // 1000000)::INTEGER END AS "from",
  (epoch_us(valid_to) // 1000000)::INTEGER AS "to", is_current AS current, is_inferred AS inferred`;

export const dimensionOf = (runner: LakeRunner): Promise<DimensionRow[]> => runner.rows(dimCustomer, DIMENSION);
export const factsOf = (runner: LakeRunner): Promise<FactRow[]> =>
  runner.rows(
    factPayment,
    'payment_id, customer_key::VARCHAR AS customer_key, segment, (amount * 100)::INTEGER AS cents',
  );

/** Rows as texts, in an order of their own. */
export const sorted = (rows: readonly object[]): string[] =>
  rows.map((row) => JSON.stringify(row, Object.keys(row).sort())).sort();

const second = fc.integer({ min: 0, max: 60 }).map((n) => START + n * 7200);

/** Customers of few values, so that they change back, agree and collide in time; some are deleted and come again. */
export const customerArbitrary: fc.Arbitrary<Omit<CustomerSeen, 'position'>> = fc
  .record({
    id: fc.constantFrom('anna', 'ben', 'cleo', 'dave', 'eve'),
    segment: fc.constantFrom('Standard', 'Premium'),
    country: fc.constantFrom('FR', 'DE', null),
    email: fc.constantFrom('a@x', 'b@x', 'c@x'),
    updatedAt: second,
    gone: fc.integer({ min: 0, max: 3 }),
    deletedAt: second,
  })
  .map(({ gone, deletedAt, ...row }) => (gone === 0 ? { ...row, deletedAt } : row));

export const paymentArbitrary: fc.Arbitrary<Omit<PaymentSeen, 'position' | 'updatedAt'>> = fc.record({
  id: fc.constantFrom('p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8'),
  customer: fc.constantFrom('anna', 'ben', 'cleo', 'dave', 'eve', 'frank', 'gina', null),
  cents: fc.integer({ min: 1, max: 9999 }),
  paidAt: second,
});
