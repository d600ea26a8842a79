import { expect } from 'vitest';
import type { Company } from './company.ts';
import { expectSameRows, type TextRow } from './text-rows.ts';

/** How many rows were compared, by table. */
export type Compared = Record<string, number>;

/**
 * Lake and warehouse hold exactly what the oracle computes from the sources, in every column: silver and gold in the lake,
 * gold in the warehouse.
 */
export async function expectOracle(
  company: Company,
  oracle: Readonly<Record<string, readonly TextRow[]>>,
): Promise<Compared> {
  const compared: Compared = {};
  const lake = await company.lake();
  for (const [table, expected] of Object.entries(oracle)) {
    const inLake = await lake.rows(table);
    expectSameRows(`${table} in the lake`, inLake.map(declared), expected);
    compared[table] = expected.length;
    if (!table.startsWith('gold.')) continue;
    const published = await company.warehouse(`SELECT * FROM dev.${table.slice('gold.'.length)}`);
    expectSameRows(`${table} in the warehouse`, published, expected);
  }
  const derived = (await lake.tables()).filter((table) => /^(silver|gold)\./.test(table));
  expect(derived, 'every table of silver and gold has an oracle').toEqual(Object.keys(oracle).sort());
  return compared;
}

/** Without the columns that Strata adds. */
const declared = (row: TextRow): TextRow =>
  Object.fromEntries(Object.entries(row).filter(([column]) => !column.startsWith('_')));

/** Every key of the facts is in its dimension. */
export async function expectKnownKeys(company: Company): Promise<void> {
  const orphans = await company.warehouse(`
    SELECT 'customer' AS dimension, count(*) AS orphans FROM dev.fact_payment ANTI JOIN dev.dim_customer USING (customer_key)
    UNION ALL SELECT 'merchant', count(*) FROM dev.fact_payment ANTI JOIN dev.dim_merchant USING (merchant_key)
    UNION ALL SELECT 'billing country', count(*) FROM dev.fact_payment f ANTI JOIN dev.dim_country c ON c.country_key = f.billing_country_key
    UNION ALL SELECT 'location country', count(*) FROM dev.fact_payment f ANTI JOIN dev.dim_country c ON c.country_key = f.location_country_key
    UNION ALL SELECT 'event date', count(*) FROM dev.fact_payment f ANTI JOIN dev.dim_date d ON d.date_key = f.event_date_key
    UNION ALL SELECT 'created date', count(*) FROM dev.fact_payment f ANTI JOIN dev.dim_date d ON d.date_key = f.created_date_key
    UNION ALL SELECT 'merchant of revenue', count(*) FROM dev.daily_revenue_by_merchant ANTI JOIN dev.dim_merchant USING (merchant_key)
    UNION ALL SELECT 'country of merchant', count(*) FROM dev.dim_merchant ANTI JOIN dev.dim_country USING (country_key)
    UNION ALL SELECT 'country of customer', count(*) FROM dev.dim_customer ANTI JOIN dev.dim_country USING (country_key)`);
  expect(orphans.filter((row) => row.orphans !== '0')).toEqual([]);
}
