import type { Db } from 'mongodb';
import type pg from 'pg';
import { oracleSessions } from '../oracle/documents.oracle.ts';
import { PAYMENTS, REFUNDS } from '../oracle/source-sql.ts';
import { textRows } from '../oracle/text-query.ts';

type Row = Record<string, string | null>;

/** Captured payments and refunds as they count for revenue, with their merchant as it is now. */
const ENTRIES = `
  select e.*, m.industry, m.size, m.country as merchant_country, coalesce(c.name, 'unknown') as country_name
  from (
    select day, merchant_id, 1 as payments, amount_eur as gross, 0 as refunds, tax_eur as tax,
      (amount_eur is null)::int as without_rate, (tax is null)::int as without_tax
    from question_payment p where captured
    union all
    select day, merchant_id, 0, 0, amount_eur, -tax_eur, (amount_eur is null)::int, (tax is null)::int from (${REFUNDS}) r
  ) e
  left join merchant m on m.id = e.merchant_id
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
    from question_payment p join customer u on u.id = p.customer_id
    where p.captured and u.segment = 'Premium' and u.country = 'FR' group by 1 order by 1`,
  'credit_card_disputes_at_small_merchants.sql': `
    select p.day, count(*) as disputed_payments, ${sum('p.amount_eur')} as disputed_eur
    from question_payment p join merchant m on m.id = p.merchant_id
    where p.status = 'disputed' and p.payment_method = 'Credit Card' and m.size = 'Small' group by 1 order by 1`,
  'daily_credit_card_fraud_at_small_merchants.sql': `
    select p.day, count(*) as payments, count(*) filter (where f.is_fraud) as frauds,
      coalesce(sum(p.amount_eur) filter (where f.is_fraud), 0)::numeric(38,2) as fraud_eur
    from question_payment p join merchant m on m.id = p.merchant_id
    cross join lateral (
      select exists (select from dispute d where d.transaction_id = p.id and d.reason = 'fraudulent') as is_fraud) f
    where p.captured and p.payment_method = 'Credit Card' and m.size = 'Small' group by 1 order by 1`,
};

/** Query file -> the rows that it should give, in order, every value as text. Sources as they were looked at once. */
export async function oracleAnswers(client: pg.Client, db: Db): Promise<Record<string, Row[]>> {
  // Once, because each payment's rates are looked up one by one.
  await client.query(`create temp table question_payment as ${PAYMENTS}`);
  await client.query(`create temp table question_entry as ${ENTRIES}`);
  const answers: Record<string, Row[]> = { 'five_most_used_operating_systems.sql': await operatingSystems(db) };
  for (const [file, sql] of Object.entries(IN_SOURCE)) answers[file] = await textRows(client, sql);
  return answers;
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
