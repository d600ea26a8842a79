import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrateOltp } from '../../demo/oltp/migrate.ts';
import { openSources, type SourceDatabase, type Sources } from '../demo/sources.fixture.ts';
import { describeWith } from '../servers.ts';
import { changedPartitions } from './changed-partitions.ts';
import { oracleCounts, oraclePayments, oracleRevenue } from './payments.oracle.ts';
import { sourceRows } from './source-rows.ts';

const ID = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
const LAUNCH = '2026-11-01T00:00:00Z';
const HASH = `$2a$04$${'x'.repeat(53)}`;

// Every figure expected here was worked out by hand.
await describeWith(['postgres', 'mongodb'], 'the oracle on a handful of payments', (addresses) => {
  let sources: Sources;
  let database: SourceDatabase;

  beforeAll(async () => {
    sources = await openSources(addresses);
    database = await sources.database();
    const { client } = database;
    await migrateOltp(client);
    await client.query(`
      insert into currency values ('EUR', 2, '${LAUNCH}'), ('USD', 2, '${LAUNCH}'), ('KWD', 3, '${LAUNCH}');
      insert into country values ('FR', 'France', 'Europe', 'EUR', '${LAUNCH}');
      insert into exchange_rate values ('USD', '2026-10-30', 0.92500000, '${LAUNCH}'), ('USD', '2026-11-03', 0.50000000, '${LAUNCH}');
      insert into payment_status values ('succeeded', true, '${LAUNCH}'), ('refunded', true, '${LAUNCH}'), ('failed', false, '${LAUNCH}');
      insert into payment_method values ('Credit Card', '${LAUNCH}');
      insert into merchant values ('${ID(1)}', 'One', 'Retail', 'Small', 'FR', '${LAUNCH}', '${LAUNCH}');
      insert into customer values ('${ID(2)}', 'ann', '${HASH}', '', 'Ann', 'Standard', null, '${LAUNCH}', '${LAUNCH}');
      select ensure_transaction_month('2026-11-01')`);
    const pay = (id: number, status: string, merchant: number, amount: string, currency: string, time: string) =>
      client.query(
        `insert into transaction (id, status, merchant_id, customer_id, amount, currency, payment_method, event_time, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, 'Credit Card', $7, $7, $7)`,
        [ID(id), status, ID(merchant), ID(2), amount, currency, time],
      );
    // 0.58 * 0.925 = 0.5365; 10.20 * 0.925 = 9.435, a half, rounded up; with the rate of Friday, for a Sunday.
    await pay(3, 'succeeded', 1, '10.20', 'USD', '2026-11-01T12:00:00Z');
    await pay(4, 'refunded', 1, '0.58', 'USD', '2026-11-01T23:59:59.999999Z');
    await pay(5, 'failed', 1, '99.00', 'USD', '2026-11-01T12:00:00Z');
    await pay(6, 'succeeded', 7, '5.00', 'KWD', '2026-11-02T01:30:00+02:00');
    await pay(7, 'succeeded', 1, '7.00', 'EUR', '2026-11-03T00:00:00Z');
    await client.query(`insert into refund values
      ('${ID(8)}', '${ID(4)}', '2026-11-01T23:59:59.999999Z', 0.58, 'USD', null, '2026-11-03T10:00:00Z', '2026-11-03T10:00:00Z'),
      ('${ID(9)}', '${ID(3)}', '2026-11-01T12:00:00Z', 1.01, 'USD', null, '2026-11-01T13:00:00Z', '2026-11-03T10:00:00Z')`);
  });
  afterAll(() => sources?.close());

  it('converts by the last rate known for the day, half up, and leaves unknown what is unknown', async () => {
    const rows = await oraclePayments(database.client);
    expect(
      rows.map((row) => [row.payment_id.at(-1), row.event_date, row.amount, row.amount_eur, row.merchant_country]),
    ).toEqual([
      ['3', '2026-11-01', '10.20', '9.44', 'FR'],
      ['4', '2026-11-01', '0.58', '0.54', 'FR'],
      ['5', '2026-11-01', '99.00', '91.58', 'FR'],
      ['6', '2026-11-01', '5.00', null, null],
      ['7', '2026-11-03', '7.00', '7.00', 'FR'],
    ]);
    expect(rows[1]!.event_time).toBe('2026-11-01T23:59:59.999999Z');
  });

  it('counts gross on the day of the payment and refunds on theirs, with the rate of theirs', async () => {
    const rows = await oracleRevenue(database.client);
    const short = rows.map((row) => [
      row.day,
      row.merchant_id.at(-1),
      row.currency,
      row.payment_count,
      row.gross,
      row.gross_eur,
    ]);
    expect(short).toEqual([
      ['2026-11-01', '1', 'USD', 2, '10.78', '9.98'],
      ['2026-11-01', '7', 'KWD', 1, '5.00', '0.00'],
      ['2026-11-03', '1', 'EUR', 1, '7.00', '7.00'],
      ['2026-11-03', '1', 'USD', 0, '0.00', '0.00'],
    ]);
    const back = rows.map((row) => [
      row.refund_count,
      row.refunds,
      row.refunds_eur,
      row.net,
      row.net_eur,
      row.unconverted_count,
    ]);
    expect(back).toEqual([
      [1, '1.01', '0.93', '9.77', '9.05', 0],
      [0, '0.00', '0.00', '5.00', '0.00', 1],
      [0, '0.00', '0.00', '7.00', '7.00', 0],
      [1, '0.58', '0.29', '-0.58', '-0.29', 0],
    ]);
  });

  it('reads the source rows exactly, and never the password', async () => {
    const [customer] = await sourceRows(database.client, 'customer');
    expect(Object.keys(customer!)).not.toContain('password');
    expect(customer).toMatchObject({ id: ID(2), country: null, email: '', created_at: '2026-11-01T00:00:00.000000Z' });
    expect((await sourceRows(database.client, 'exchange_rate')).map((row) => row.rate_to_eur)).toEqual([
      '0.92500000',
      '0.50000000',
    ]);
    expect(await oracleCounts(database.client)).toMatchObject({ transaction: 5, refund: 2, merchant: 1, currency: 3 });
  });

  it('a corrected rate, a late merchant and a late refund each change the partitions they reach, and no others', async () => {
    const { client } = database;
    const changedBy = async (sql: string) => {
      const before = { payments: await oraclePayments(client), revenue: await oracleRevenue(client) };
      await client.query(sql);
      return {
        payments: changedPartitions(before.payments, await oraclePayments(client), (row) => row.event_date),
        revenue: changedPartitions(before.revenue, await oracleRevenue(client), (row) => row.day),
      };
    };
    expect(
      await changedBy("update exchange_rate set rate_to_eur = 0.6, updated_at = now() where rate_date = '2026-11-03'"),
    ).toEqual({
      payments: [],
      revenue: ['2026-11-03'],
    });
    expect(
      await changedBy(`insert into merchant values ('${ID(7)}', 'Late', 'Food', 'Small', 'FR', now(), now())`),
    ).toEqual({
      // Paid at 01:30 at +02:00: the day before in UTC.
      payments: ['2026-11-01'],
      revenue: [],
    });
    const refund = `('${ID(1)}', '${ID(7)}', '2026-11-03Z', 1, 'EUR', null, '2026-11-09T00:00:00Z', '2026-11-09T00:00:00Z')`;
    expect(await changedBy(`insert into refund values ${refund}`)).toEqual({ payments: [], revenue: ['2026-11-09'] });
  });
});
