import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ODD_EMAILS, ODD_NAMES } from '../../demo/generator/customer.ts';
import type { Generator } from '../../demo/generator/generator.ts';
import { ODD_MERCHANT_NAMES } from '../../demo/generator/merchant.ts';
import { ensureReaderLogin } from '../../demo/oltp/reader-login.ts';
import { describeWith } from '../servers.ts';
import { openSources, type SourceDatabase, type Sources } from './sources.fixture.ts';

await describeWith(['postgres', 'mongodb'], 'the payments company in PostgreSQL', (addresses) => {
  let sources: Sources;
  let database: SourceDatabase;
  let generator: Generator;

  beforeAll(async () => {
    sources = await openSources(addresses);
    database = await sources.database();
    generator = await database.generator({ seed: 42, start: '2026-11-01', rowsPerDay: 800, hugeDocumentBytes: 0 });
    await generator.migrate();
    for (let day = 1; day <= 14; day++) await generator.advanceDay(`2026-11-${String(day).padStart(2, '0')}`);
  });
  afterAll(() => sources?.close());

  async function count(sql: string): Promise<number> {
    const { rows } = await database.client.query<{ count: string }>(`select count(*) as count from (${sql}) as found`);
    return Number(rows[0]!.count);
  }

  describe('the books are consistent', () => {
    it('each payment stands where its last status move left it, and its moves form a chain from its birth', async () => {
      const chain = `select *, lag(to_status) over w as before, row_number() over w as n, lead(id) over w as next
      from transaction_state_change window w as (partition by transaction_id order by updated_at, id)`;
      expect(
        await count(
          `select from (${chain}) c where from_status is distinct from before or (n = 1) <> (from_status is null)`,
        ),
      ).toBe(0);
      expect(
        await count(`select from transaction t left join (${chain}) c on c.transaction_id = t.id and c.next is null
        where c.id is null or c.to_status <> t.status or c.updated_at <> t.updated_at`),
      ).toBe(0);
      expect(
        await count('select from transaction_state_change where id > (select count(*) from transaction_state_change)'),
      ).toBe(0);
    });

    it('nobody gets back more than was paid, and a payment is refunded exactly when all of it was', async () => {
      const sums = `select t.status, t.amount, t.currency, coalesce(sum(r.amount), 0) as back, min(r.currency) as back_currency
      from transaction t left join refund r on r.transaction_id = t.id group by t.id, t.event_time`;
      expect(await count(`select from (${sums}) s where back > amount or back_currency <> currency`)).toBe(0);
      expect(await count(`select from (${sums}) s where (status = 'refunded') <> (back = amount)`)).toBe(0);
      expect(await count(`select from (${sums}) s where back > 0 and back < amount`)).toBeGreaterThan(20);
    });

    it('ids are unique across partitions, yen have no decimals, and no clock is ahead of the last day', async () => {
      expect(await count('select from transaction group by id having count(*) > 1')).toBe(0);
      expect(await count("select from transaction where currency = 'JPY' and amount <> trunc(amount)")).toBe(0);
      expect(await count("select from refund where currency = 'JPY' and amount <> trunc(amount)")).toBe(0);
      for (const table of [
        'transaction',
        'transaction_state_change',
        'refund',
        'customer',
        'merchant',
        'country',
        'exchange_rate',
      ]) {
        expect(
          await count(`select from ${table} where updated_at >= '2026-11-15Z' or updated_at < '2026-11-01Z'`),
          table,
        ).toBe(0);
      }
    });
  });

  describe('what makes it hard occurs', () => {
    it.each([
      [
        'payments changed ten days or more after they were made',
        "select from transaction where updated_at > event_time + interval '10 days'",
      ],
      [
        'payments known a day after they were made',
        "select from transaction where created_at > event_time + interval '23 hours'",
      ],
      [
        'payments settled after midnight',
        "select from transaction where status = 'succeeded' and updated_at::date = event_time::date + 1 and updated_at - created_at < interval '20 minutes'",
      ],
      ['a payment at the first microsecond of a day', "select from transaction where event_time = '2026-11-05Z'"],
      [
        'a payment written in the last microsecond of a day',
        "select from transaction where created_at = '2026-11-05T23:59:59.999999Z'",
      ],
      ['payments without device', 'select from transaction where device_type is null'],
      [
        'payments of a merchant that is not there yet',
        'select from transaction t where not exists (select from merchant m where m.id = t.merchant_id)',
      ],
      [
        'payments from before their merchant came',
        "select from transaction t join merchant m on m.id = t.merchant_id where m.updated_at > '2026-11-01Z' and t.created_at < m.created_at",
      ],
      ['merchants without a country', 'select from merchant where country is null'],
      ['customers without a country', 'select from customer where country is null'],
      ['customers who changed', "select from customer where updated_at > created_at and updated_at > '2026-11-01Z'"],
      ['merchants that changed', "select from merchant where updated_at > created_at and updated_at > '2026-11-01Z'"],
      ['a renamed country', "select from country where name = 'Türkiye' and updated_at > '2026-11-01Z'"],
      [
        'rates corrected or published days later',
        "select from exchange_rate where updated_at > rate_date + interval '40 hours' and rate_date >= '2026-11-01'",
      ],
      [
        'payments in a currency without a rate yet',
        "select from transaction t where t.currency <> 'EUR' and not exists (select from exchange_rate r where r.currency = t.currency and r.rate_date <= t.event_time::date)",
      ],
      ['refunds noted later', 'select from refund where updated_at > created_at'],
      [
        'won disputes',
        "select from transaction_state_change where from_status = 'disputed' and to_status = 'succeeded'",
      ],
      ['payments pending for good', "select from transaction where status = 'pending' and event_time < '2026-11-05Z'"],
    ])('%s', async (_, sql) => {
      await database.client.query("set timezone = 'UTC'");
      expect(await count(sql)).toBeGreaterThan(0);
    });

    it.each([
      ['merchant', 'name', ODD_MERCHANT_NAMES],
      ['customer', 'full_name', ODD_NAMES],
      ['customer', 'email', ODD_EMAILS],
    ])('every odd text of %s.%s arrived unchanged', async (table, column, odd) => {
      const { rows } = await database.client.query<{ text: string }>(`select distinct ${column} as text from ${table}`);
      expect(rows.map((row) => row.text)).toEqual(expect.arrayContaining([...odd]));
    });
  });

  describe('the reader', () => {
    let reader: pg.Client;
    beforeAll(async () => {
      const login = { user: `reader_${database.name}`, password: 'it\'s "secret"' };
      await ensureReaderLogin(database.client, login);
      await ensureReaderLogin(database.client, login);
      const url = new URL(database.pgUrl);
      reader = new pg.Client({ host: url.hostname, port: Number(url.port), database: url.pathname.slice(1), ...login });
      await reader.connect();
    });
    afterAll(async () => {
      await reader?.end();
      await database.client.query(`drop role if exists reader_${database.name}`);
    });

    it('reads everything but passwords, also by partition and by ctid', async () => {
      for (const table of [
        'transaction',
        'transaction_2026_11',
        'transaction_state_change',
        'refund',
        'merchant',
        'exchange_rate',
        'country',
      ]) {
        const { rows } = await reader.query(`select ctid, * from ${table} limit 1`);
        expect(rows, table).toHaveLength(1);
      }
      const customers = await reader.query("select ctid, id, email from customer where ctid < '(1,0)'::tid");
      expect(customers.rowCount).toBeGreaterThan(0);
      await expect(reader.query('select password from customer')).rejects.toThrow('permission denied');
      await expect(reader.query('select * from customer')).rejects.toThrow('permission denied');
    });

    it('writes nothing, and sees since when others have been writing', async () => {
      await expect(reader.query("update customer set email = ''")).rejects.toThrow('permission denied');
      await expect(reader.query('delete from refund')).rejects.toThrow('permission denied');
      await database.client.query('begin');
      await database.client.query("update country set name = name where code = 'FR'");
      const { rows } = await reader.query(
        'select from pg_stat_activity where backend_xid is not null and xact_start is not null',
      );
      await database.client.query('rollback');
      expect(rows.length).toBeGreaterThan(0);
    });
  });

  describe('the roles', () => {
    const ALL = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'];
    /** Of these the reader has every column but one. */
    const BY_COLUMN: Readonly<Record<string, string>> = {
      customer: 'password',
      merchant_profile: 'settlement_account_number',
    };

    it.each([
      ['admin', ALL],
      ['developer', ['SELECT', 'INSERT', 'UPDATE', 'DELETE']],
      ['readonlyuser', ['SELECT']],
    ])('%s has its rights on every table, partitions made later too, and no others', async (role, rights) => {
      const later = '2027-06-01';
      await database.client.query('select ensure_transaction_month($1)', [later]);
      const { rows } = await database.client.query<{ name: string; held: string[] }>(
        `select c.relname as name, array_agg(p order by n) filter (where has_table_privilege($1, c.oid, p)) as held
         from pg_class c, unnest($2::text[]) with ordinality as t(p, n)
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') group by c.relname`,
        [role, ALL],
      );
      expect(rows.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['transaction_2027_06', ...Object.keys(BY_COLUMN)]),
      );
      for (const { name, held } of rows) {
        const byColumn = role === 'readonlyuser' && name in BY_COLUMN;
        expect({ name, held: held ?? [] }).toEqual({ name, held: byColumn ? [] : rights });
      }
    });

    it('keep from the reader exactly the columns that never leave, and from all of them the simulation', async () => {
      for (const [table, hidden] of Object.entries(BY_COLUMN)) {
        const { rows } = await database.client.query(
          `select attname from pg_attribute where attrelid = $1::regclass and attnum > 0
             and not has_column_privilege('readonlyuser', attrelid, attnum, 'SELECT')`,
          [table],
        );
        expect(rows).toEqual([{ attname: hidden }]);
      }
      const { rows } = await database.client.query(
        `select role from unnest(array['admin', 'developer', 'readonlyuser']) role
         where has_schema_privilege(role, 'simulation', 'USAGE')`,
      );
      expect(rows).toEqual([]);
    });
  });

  it('passwords are kept as hashes of pgcrypto that it can check', async () => {
    const { rows } = await database.client.query(
      `select count(*)::int as customers, count(*) filter (where crypt('correct horse battery staple', password) = password)::int as right,
         count(*) filter (where crypt('correct horse', password) = password)::int as wrong from customer`,
    );
    expect(rows[0].customers).toBeGreaterThan(100);
    expect(rows[0]).toMatchObject({ right: rows[0].customers, wrong: 0 });
  });

  describe('changes by hand', () => {
    it('move a payment and its audit together, correct a rate, refund within what is left, and copy a merchant in', async () => {
      const at = '2026-11-15T10:00:00.123456Z';
      const paid = await database.client.query<{ id: string; amount: string }>(
        "select id, amount from transaction t where status = 'succeeded' and not exists (select from refund r where r.transaction_id = t.id) order by id limit 2",
      );
      const [first, second] = paid.rows as [{ id: string; amount: string }, { id: string; amount: string }];
      await generator.updatePaymentStatus(first.id, 'disputed', at);
      expect(
        await count(
          `select from transaction where id = '${first.id}' and status = 'disputed' and updated_at = '${at}'`,
        ),
      ).toBe(1);
      expect(
        await count(
          `select from transaction_state_change where transaction_id = '${first.id}' and from_status = 'succeeded' and to_status = 'disputed' and updated_at = '${at}'`,
        ),
      ).toBe(1);
      await expect(generator.updatePaymentStatus(first.id, 'disputed', at)).rejects.toThrow();

      const id = '00000000-0000-4000-8000-000000000001';
      await expect(generator.refundPayment({ id, paymentId: second.id, amount: '99999999.00', at })).rejects.toThrow(
        'less is left',
      );
      await generator.refundPayment({ id, paymentId: second.id, amount: '0.50', at });
      expect(await count(`select from refund where id = '${id}' and amount = 0.50 and created_at = '${at}'`)).toBe(1);

      await generator.correctExchangeRate('USD', '2026-11-05', '0.50000001', at);
      expect(
        await count(
          `select from exchange_rate where currency = 'USD' and rate_date = '2026-11-05' and rate_to_eur = 0.50000001 and updated_at = '${at}'`,
        ),
      ).toBe(1);

      await generator.insertMerchant({ id, name: 'By "hand"', industry: 'Retail', size: 'Small', country: 'FR' }, at);
      expect(await count(`select from merchant where id = '${id}' and updated_at = '${at}'`)).toBe(1);
    });

    it('what breaks a rule of the books is refused', async () => {
      await expect(database.client.query('update transaction_state_change set reason = null')).rejects.toThrow(
        'append-only',
      );
      await expect(
        database.client.query("insert into exchange_rate values ('EUR', '2026-11-01', 1, now())"),
      ).rejects.toThrow('check constraint');
      await expect(database.client.query("update customer set password = 'plain'")).rejects.toThrow('check constraint');
      await expect(database.client.query("update transaction set status = 'lost'")).rejects.toThrow('foreign key');
      const unaudited =
        "update transaction set status = 'refunded' where id = (select min(id::text)::uuid from transaction where status = 'succeeded')";
      await expect(database.client.query(unaudited)).rejects.toThrow('without a line in transaction_state_change');
    });
  });
});
