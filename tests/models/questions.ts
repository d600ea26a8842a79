import type { Db } from 'mongodb';
import type pg from 'pg';
import { oracleSessions } from '../oracle/documents.oracle.ts';
import { PAYMENTS, REFUNDS } from '../oracle/source-sql.ts';
import { textRows } from '../oracle/text-query.ts';

type Row = Record<string, string | null>;

/** What was seen of customers and merchants, each time they were looked at. */
export interface Seen {
  customerVersions(): readonly Row[];
  merchantVersions(): readonly Row[];
}

/** A party as it was at a time: the last version until then, before the first one the first. */
const asOf = (party: 'customer' | 'merchant', id: string, at: string) => `lateral (
    select * from question_${party} v where v.id = ${id} and v.since <= ${at} order by v.since desc limit 1)`;

/** Captured payments and refunds as they count for revenue, with their merchant as it was at their time. */
const ENTRIES = `
  select e.*, m.industry, m.size, m.country as merchant_country, coalesce(c.name, 'unknown') as country_name
  from (
    select day, event_time as at, merchant_id, 1 as payments, amount_eur as gross, 0 as refunds, tax_eur as tax,
      (amount_eur is null)::int as without_rate, (tax is null)::int as without_tax
    from question_payment p where captured
    union all
    select day, created_at, merchant_id, 0, 0, amount_eur, -tax_eur, (amount_eur is null)::int, (tax is null)::int
    from (${REFUNDS}) r
  ) e
  left join ${asOf('merchant', 'e.merchant_id', 'e.at')} m on true
  left join country c on c.code = m.country`;

const sum = (of: string) => `coalesce(sum(${of}), 0)::numeric(38,2)`;
const REVENUE = `${sum('gross')} as gross_eur, ${sum('refunds')} as refunds_eur,
  (${sum('gross')} - ${sum('refunds')})::numeric(38,2) as net_eur`;

/** Query file -> the same question asked of the company's own tables, in their words. */
const IN_SOURCE: Readonly<Record<string, string>> = {
  'revenue_by_day.sql': `
    select day, sum(payments) as payments, ${REVENUE}, sum(without_rate) as without_rate
    from question_entry e group by day order by day`,
  'revenue_by_day_and_country.sql': `
    select day, country_name as country, sum(payments) as payments, ${REVENUE}
    from question_entry e group by 1, 2 order by 1, country_name collate "C"`,
  'revenue_by_week.sql': `
    select extract(isoyear from day)::int as iso_year, extract(week from day)::int as iso_week,
      date_trunc('week', day)::date as week_start, ${REVENUE}
    from question_entry e group by 1, 2, 3 order by 3`,
  'revenue_by_month.sql': `
    select extract(year from day)::int as year, extract(month from day)::int as month, ${REVENUE}
    from question_entry e group by 1, 2 order by 1, 2`,
  'monthly_tax_of_retail_merchants_in_france.sql': `
    select extract(year from day)::int as year, extract(month from day)::int as month,
      (${sum('gross')} - ${sum('refunds')})::numeric(38,2) as net_eur, ${sum('tax')} as tax_eur, sum(without_tax) as without_tax_rate
    from question_entry e where industry = 'Retail' and merchant_country = 'FR' group by 1, 2 order by 1, 2`,
  'yearly_spend_of_premium_customers_in_france.sql': `
    select extract(year from p.day)::int as year, count(distinct u.id) as customers, count(*) as payments,
      ${sum('p.amount_eur')} as spent_eur
    from question_payment p join ${asOf('customer', 'p.customer_id', 'p.event_time')} u on true
    where p.captured and u.segment = 'Premium' and u.country = 'FR' group by 1 order by 1`,
  'credit_card_disputes_at_small_merchants.sql': `
    select p.day, count(*) as disputed_payments, ${sum('p.amount_eur')} as disputed_eur
    from question_payment p join ${asOf('merchant', 'p.merchant_id', 'p.event_time')} m on true
    where p.status = 'disputed' and p.payment_method = 'Credit Card' and m.size = 'Small' group by 1 order by 1`,
  'daily_credit_card_fraud_at_small_merchants.sql': `
    select p.day, count(*) as payments, count(*) filter (where f.is_fraud) as frauds,
      coalesce(sum(p.amount_eur) filter (where f.is_fraud), 0)::numeric(38,2) as fraud_eur
    from question_payment p join ${asOf('merchant', 'p.merchant_id', 'p.event_time')} m on true
    cross join lateral (
      select exists (select from dispute d where d.transaction_id = p.id and d.reason = 'fraudulent') as is_fraud) f
    where p.captured and p.payment_method = 'Credit Card' and m.size = 'Small' group by 1 order by 1`,
};

/** Query file -> the rows that it should give, in order, every value as text. Sources as they are now, parties as they were seen. */
export async function oracleAnswers(client: pg.Client, db: Db, seen: Seen): Promise<Record<string, Row[]>> {
  await knowParty(client, 'customer', seen.customerVersions());
  await knowParty(client, 'merchant', seen.merchantVersions());
  // Once, because each payment's rates are looked up one by one.
  for (const [name, sql] of Object.entries({ question_payment: PAYMENTS, question_entry: ENTRIES })) {
    await client.query(`drop table if exists pg_temp.${name}`);
    await client.query(`create temp table ${name} as ${sql}`);
  }
  const answers: Record<string, Row[]> = { 'five_most_used_operating_systems.sql': await operatingSystems(db) };
  for (const [file, sql] of Object.entries(IN_SOURCE)) answers[file] = await textRows(client, sql);
  return answers;
}

async function knowParty(client: pg.Client, party: 'customer' | 'merchant', versions: readonly Row[]): Promise<void> {
  await client.query(`drop table if exists pg_temp.question_${party}`);
  await client.query(
    `create temp table question_${party} as
     select ${party}_id as id, segment, industry, size, country,
       case when changed_at = min(changed_at) over (partition by ${party}_id) then '-infinity' else changed_at end as since
     from json_to_recordset($1) as v(customer_id uuid, merchant_id uuid, segment text, industry text, size text, country text, changed_at timestamptz)`,
    [JSON.stringify(versions)],
  );
}

async function operatingSystems(db: Db): Promise<Row[]> {
  const { rows } = await oracleSessions(db);
  const counts = new Map<string, number>();
  for (const { os } of rows) if (os !== null) counts.set(os, (counts.get(os) ?? 0) + 1);
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, 5)
    .map(([os, sessions]) => ({ os, sessions: String(sessions) }));
}
