import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../servers.ts';
import { openSources, type SourceDatabase, type Sources } from './sources.fixture.ts';
import { companyTables } from './table-digest.ts';

await describeWith(['postgres', 'mongodb'], 'the books of the payments company', (addresses) => {
  let sources: Sources;
  let database: SourceDatabase;
  /** Subscriptions by id, as they stood at the end of each day. */
  const subscriptions: Map<string, string>[] = [];

  beforeAll(async () => {
    sources = await openSources(addresses);
    database = await sources.database();
    const generator = await database.generator(
      { seed: 42, start: '2026-11-01', rowsPerDay: 600 },
      { documents: false },
    );
    await generator.migrate();
    for (let day = 1; day <= 14; day++) {
      await generator.advanceDay(`2026-11-${String(day).padStart(2, '0')}`);
      const { rows } = await database.client.query<{ id: string; status: string }>(
        'select id, status from subscription',
      );
      subscriptions.push(new Map(rows.map(({ id, status }) => [id, status])));
    }
  });
  afterAll(() => sources?.close());

  async function count(sql: string): Promise<number> {
    const { rows } = await database.client.query<{ count: string }>(`select count(*) as count from (${sql}) as found`);
    return Number(rows[0]!.count);
  }

  it('every table has rows, and each column somewhere a value', async () => {
    for (const table of await companyTables(database.client)) {
      const { rows } = await database.client.query<{ filled: Record<string, number> }>(
        `select jsonb_object_agg(key, filled) as filled from (
           select key, count(*) filter (where value <> 'null') as filled from ${table} t, jsonb_each(to_jsonb(t)) group by key) c`,
      );
      expect(
        Object.entries(rows[0]!.filled ?? { nothing: 0 }).filter(([, filled]) => filled === 0),
        table,
      ).toEqual([]);
    }
  });

  it('no row refers to one that is not there: each foreign key, also those that bulk writing leaves out', async () => {
    const { rows: keys } = await database.client.query<{
      child: string;
      parent: string;
      condition: string;
      given: string;
    }>(
      `select c.conrelid::regclass::text as child, c.confrelid::regclass::text as parent,
         string_agg(format('p.%I = c.%I', f.attname, a.attname), ' and ') as condition,
         string_agg(format('c.%I is not null', a.attname), ' and ') as given
       from pg_constraint c cross join unnest(c.conkey, c.confkey) as k (mine, theirs)
       join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.mine
       join pg_attribute f on f.attrelid = c.confrelid and f.attnum = k.theirs
       where c.contype = 'f' and c.conparentid = 0 group by c.oid, c.conrelid, c.confrelid`,
    );
    expect(keys.length).toBeGreaterThan(25);
    for (const { child, parent, condition, given } of keys) {
      const broken = `select from ${child} c where ${given} and not exists (select from ${parent} p where ${condition})`;
      expect(await count(broken), `${child} -> ${parent}`).toBe(0);
    }
  });

  it('the lines of a payment add up to its amount; most have one to four, some none', async () => {
    const sums = `select t.amount, t.currency, t.merchant_id, count(o.line_no) as lines, sum(o.amount) as total, min(o.currency) as line_currency,
      max(o.line_no) as last, bool_and(p.merchant_id = t.merchant_id) as own, bool_and(o.updated_at = t.created_at) as at_once
      from transaction t left join order_line o on o.transaction_id = t.id and o.transaction_event_time = t.event_time
      left join product p on p.id = o.product_id group by t.id, t.event_time`;
    expect(
      await count(
        `select from (${sums}) s where lines > 0 and (total <> amount or last <> lines or line_currency <> currency)`,
      ),
    ).toBe(0);
    expect(await count(`select from (${sums}) s where lines > 0 and not (own and at_once)`)).toBe(0);
    const payments = await count('select from transaction');
    const [none, several] = [
      await count(`select from (${sums}) s where lines = 0`),
      await count(`select from (${sums}) s where lines > 1`),
    ];
    expect(none / payments).toBeGreaterThan(0.06);
    expect(none / payments).toBeLessThan(0.13);
    expect(several / payments).toBeGreaterThan(0.3);
    expect(await count(`select from (${sums}) s where lines > 4`)).toBe(0);
    expect(await count("select from order_line where currency = 'JPY' and unit_price <> trunc(unit_price)")).toBe(0);
  });

  it('a dispute stands with its payment: disputed while open or lost, no longer when the merchant won', async () => {
    const joined = 'from dispute d join transaction t on t.id = d.transaction_id';
    expect(await count(`select ${joined} where (t.status = 'disputed') <> (d.status <> 'won')`)).toBe(0);
    expect(
      await count(
        "select from transaction t where status = 'disputed' and not exists (select from dispute d where d.transaction_id = t.id)",
      ),
    ).toBe(0);
    expect(await count(`select ${joined} where d.currency <> t.currency or d.amount > t.amount`)).toBe(0);
    expect(await count('select from dispute group by transaction_id having count(*) > 1')).toBe(0);
    for (const status of ['open', 'won', 'lost']) {
      expect(await count(`select from dispute where status = '${status}'`), status).toBeGreaterThan(0);
    }
    expect(await count(`select ${joined} where d.amount < t.amount`), 'after a partial refund').toBeGreaterThan(0);
  });

  it('subscriptions are charged in their interval, fall behind, end, vanish for good and come back', async () => {
    const charges = `select subscription_id, event_time, lag(event_time) over (partition by subscription_id order by event_time) as before
      from transaction where subscription_id is not null`;
    const days = "date_part('day', date_trunc('day', event_time) - date_trunc('day', before))";
    expect(await count(`select from (${charges}) c where before is not null`)).toBeGreaterThan(10);
    expect(await count(`select from (${charges}) c where before is not null and ${days} not in (7, 30, 365)`)).toBe(0);
    const wrong = `select from transaction t join subscription s on s.id = t.subscription_id
      where t.customer_id <> s.customer_id or t.amount <> s.amount or t.currency <> s.currency or t.merchant_id <> s.merchant_id or t.device_type is not null`;
    expect(await count(wrong)).toBe(0);
    const last = subscriptions.at(-1)!;
    expect(new Set(last.values())).toEqual(new Set(['active', 'past_due', 'cancelled']));
    const vanished = (from: number, to: number) =>
      [...subscriptions[from]!.keys()].filter((id) => !subscriptions[to]!.has(id));
    expect(vanished(0, 13).length).toBeGreaterThan(0);
    const back = [...last.keys()].filter((id) =>
      subscriptions.some((day, number) => number > 0 && !day.has(id) && subscriptions[number - 1]!.has(id)),
    );
    expect(back.length).toBeGreaterThan(0);
  });

  it('gateway events have true twins and no key', async () => {
    const twins =
      'select from gateway_event group by transaction_id, gateway, event_type, response_code, latency_ms, message, occurred_at, updated_at having count(*) > 1';
    const events = await count('select from gateway_event');
    expect((await count(twins)) / events).toBeGreaterThan(0.01);
    expect(await count("select from pg_index where indrelid = 'gateway_event'::regclass and indisunique")).toBe(0);
    expect(await count("select from gateway_event where event_type = 'timeout'")).toBeGreaterThan(0);
    await expect(database.client.query('delete from gateway_event')).rejects.toThrow('append-only');
  });

  it('tables that nobody stamps change: a rate is corrected, one announced, a holiday goes, one is renamed', async () => {
    expect(await count("select from tax_rate where country = 'CH' and kind = 'reduced' and rate = 0.026")).toBe(1);
    expect(
      await count("select from tax_rate where country = 'GR' and kind = 'reduced' and valid_from > '2026-11-01'"),
    ).toBe(1);
    expect(
      await count("select from public_holiday where country = 'DE' and to_char(holiday_date, 'MM-DD') = '12-06'"),
    ).toBe(0);
    expect(await count("select from public_holiday where country = 'FR' and name = 'Fête du Travail'")).toBe(3);
    expect(await count("select from fee_schedule where valid_from > '2026-11-01' and updated_at < valid_from")).toBe(1);
  });

  it('cards are tokens; whoever has one has used it before, mostly', async () => {
    expect(
      await count(
        "select from transaction where (card_token is not null) <> (payment_method in ('Credit Card', 'Debit Card'))",
      ),
    ).toBe(0);
    expect(
      await count(
        'select from transaction where card_token is not null group by card_token having count(distinct customer_id) > 1',
      ),
    ).toBe(0);
    expect(
      await count('select from transaction where card_token is not null group by card_token having count(*) > 3'),
    ).toBeGreaterThan(50);
  });

  it('the reader sees neither passwords nor account numbers, and no more of the simulation than its days', async () => {
    const allowed = (column: string, table: string) =>
      count(`select 1 where has_column_privilege('readonlyuser', '${table}', '${column}', 'select')`);
    expect(await allowed('password', 'customer')).toBe(0);
    expect(await allowed('settlement_account_number', 'merchant_profile')).toBe(0);
    for (const column of ['city', 'segment', 'ctid']) expect(await allowed(column, 'customer'), column).toBe(1);
    for (const column of ['risk_score', 'updated_at', 'ctid'])
      expect(await allowed(column, 'merchant_profile'), column).toBe(1);
    expect(await count("select 1 where has_schema_privilege('readonlyuser', 'simulation', 'usage')")).toBe(0);
    const { rows } = await database.client.query(
      "select count(*)::int as columns from information_schema.columns where table_name = 'merchant_profile'",
    );
    expect(rows[0].columns).toBeGreaterThan(115);
  });
});
