import type { Db } from 'mongodb';
import type pg from 'pg';
import { calendar } from './calendar.oracle.ts';
import { oracleDimensions } from './dimension.oracle.ts';
import { oracleFacts } from './facts.oracle.ts';
import { surrogateKey } from './surrogate-key.ts';
import { textRows } from './text-query.ts';

type Row = Record<string, string | null>;

/** Gold table -> its rows as the source says they should be now, every value as text, keys included; with what only dimensions read. */
export async function oracleGold(client: pg.Client, db: Db): Promise<Record<string, Row[]>> {
  return {
    ...(await oracleFacts(client, db)),
    ...(await oracleDimensions(client, db)),
    'gold.dim_customer': await dimCustomer(client),
    'gold.dim_merchant': await dimMerchant(client),
    'gold.dim_date': calendar(),
  };
}

const INFERRED = { is_inferred: 'true' };
const MEMBERS = [
  { key: '-1', label: 'unknown' },
  { key: '-2', label: 'not applicable' },
] as const;

async function dimCustomer(client: pg.Client): Promise<Row[]> {
  const known = await textRows(
    client,
    'select id as customer_id, segment, country, created_at as registered_at from customer',
  );
  const mentioned = await textRows(
    client,
    'select distinct customer_id from transaction where customer_id not in (select id from customer)',
  );
  return [
    ...known.map(({ country, ...row }) => ({
      ...row,
      customer_key: surrogateKey(row.customer_id!),
      country_key: surrogateKey(country!),
      is_inferred: 'false',
    })),
    ...mentioned.map(({ customer_id }) => ({
      ...{ customer_key: surrogateKey(customer_id!), customer_id: customer_id!, segment: 'unknown' },
      ...{ country_key: '-1', registered_at: null, ...INFERRED },
    })),
    ...MEMBERS.map(({ key, label }) => ({
      ...{ customer_key: key, customer_id: null, segment: label, country_key: key },
      ...{ registered_at: null, is_inferred: 'false' },
    })),
  ];
}

async function dimMerchant(client: pg.Client): Promise<Row[]> {
  const known = await textRows(
    client,
    'select id as merchant_id, name, industry, size, country, created_at as signed_up_at from merchant',
  );
  const mentioned = await textRows(
    client,
    'select distinct merchant_id from transaction where merchant_id not in (select id from merchant)',
  );
  const labelled = (label: string) => ({ name: label, industry: label, size: label });
  return [
    ...known.map(({ country, ...row }) => ({
      ...row,
      merchant_key: surrogateKey(row.merchant_id!),
      country_key: surrogateKey(country!),
      is_inferred: 'false',
    })),
    ...mentioned.map(({ merchant_id }) => ({
      ...{ merchant_key: surrogateKey(merchant_id!), merchant_id: merchant_id!, ...labelled('unknown') },
      ...{ country_key: '-1', signed_up_at: null, ...INFERRED },
    })),
    ...MEMBERS.map(({ key, label }) => ({
      ...{ merchant_key: key, merchant_id: null, ...labelled(label), country_key: key },
      ...{ signed_up_at: null, is_inferred: 'false' },
    })),
  ];
}
