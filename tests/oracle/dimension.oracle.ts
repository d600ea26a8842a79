import type { Db } from 'mongodb';
import type pg from 'pg';
import { namedParties, oracleMentions } from './mention.oracle.ts';
import { surrogateKey } from './surrogate-key.ts';
import { textRows } from './text-query.ts';
import { VersionLog } from './version-log.ts';

type Row = Record<string, string | null>;

/**
 * The dimensions, and what only they are made from, as the sources say they should be now.
 * @param log what was seen of customers and merchants before
 */
export async function oracleDimensions(
  client: pg.Client,
  db: Db,
  log = new VersionLog(),
): Promise<Record<string, Row[]>> {
  await log.observe(client);
  const read = (sql: string) => textRows(client, sql);
  const mentioned = await oracleMentions(client, db);
  const kinds = (kind: string) => mentioned.filter((m) => m.kind === kind).map((m) => m.natural_key!);
  const silver = {
    'silver.currency': await read('select code as currency, exponent, updated_at from currency'),
    'silver.payment_method': await read('select name as payment_method, updated_at from payment_method'),
    'silver.device_type': await read('select name as device_type, updated_at from device_type'),
    'silver.mention': mentioned,
    'silver.customer_version': log.customerVersions(),
    'silver.merchant_version': log.merchantVersions(),
  };
  const homes = [...log.customerVersions(), ...log.merchantVersions()];
  const countries = await read('select code as country_code, name, region, currency from country');
  const cities = await read('select country, name as city, timezone from city');
  const holidays = await read('select country as country_code, holiday_date, name as holiday_name from public_holiday');
  const categories = await read('select id as category_id, name as category from product_category');
  const products = await read('select * from product');
  const bought = await read('select product_id from order_line union select product_id from subscription');
  const currencies = silver['silver.currency'].map(({ updated_at, ...row }) => row);
  const methods = silver['silver.payment_method'].map((row) => row.payment_method!);
  const devices = silver['silver.device_type'].map((row) => row.device_type!);
  return {
    ...silver,
    'gold.dim_currency': [
      ...currencies.map((row) => ({ currency_key: surrogateKey(row.currency!), ...row, is_inferred: 'false' })),
      ...inferred(
        kinds('currency'),
        currencies.map((row) => row.currency!),
      ).map((currency) => {
        return { currency_key: surrogateKey(currency), currency, exponent: null, is_inferred: 'true' };
      }),
      ...members((label, key) => ({ currency_key: key, currency: label, exponent: null, is_inferred: 'false' })),
    ],
    'gold.dim_payment_method': named('payment_method', methods, kinds('payment_method')).map((row) => {
      return { ...row, is_card: String(row.payment_method!.endsWith(' Card')) };
    }),
    'gold.dim_device': named('device', devices, kinds('device')).map(({ device, ...row }) => {
      return { ...row, device_type: device! };
    }),
    'gold.dim_region': distinct(
      'region',
      countries.map(({ region }) => region!),
    ),
    'gold.dim_industry': distinct(
      'industry',
      log.merchantVersions().map(({ industry }) => industry!),
    ),
    'gold.dim_country': dimCountry(countries, [
      ...kinds('country'),
      ...[...homes, ...cities].flatMap(({ country }) => country ?? []),
      ...holidays.map(({ country_code }) => country_code!),
    ]),
    'gold.dim_location': dimLocation(cities, [...mentioned.filter(({ kind }) => kind === 'location'), ...homes]),
    'gold.dim_holiday': holidays.map((row) => ({
      ...row,
      country_key: surrogateKey(row.country_code!),
      date_key: row.holiday_date!.replaceAll('-', ''),
    })),
    'gold.dim_product_category': dimCategory(categories, products),
    'gold.dim_product': dimProduct(
      products,
      bought.map(({ product_id }) => product_id!),
    ),
    'gold.dim_customer': log.dimCustomer(await namedParties(client, db, 'customer_id')),
    'gold.dim_merchant': log.dimMerchant(await namedParties(client, db, 'merchant_id')),
  };
}

/** The rows for unknown and not applicable. */
const members = (row: (label: string, key: string) => Row): Row[] => [
  row('unknown', '-1'),
  row('not applicable', '-2'),
];

/** What is mentioned and not known, each once. */
const inferred = (mentioned: readonly string[], known: readonly string[]): string[] => {
  const there = new Set(known);
  return [...new Set(mentioned)].filter((name) => !there.has(name));
};

/** A dimension that holds nothing but names. */
const named = (name: string, known: readonly string[], mentioned: readonly string[]): Row[] => [
  ...known.map((value) => ({ [`${name}_key`]: surrogateKey(value), [name]: value, is_inferred: 'false' })),
  ...inferred(mentioned, known).map((value) => {
    return { [`${name}_key`]: surrogateKey(value), [name]: value, is_inferred: 'true' };
  }),
  ...members((label, key) => ({ [`${name}_key`]: key, [name]: label, is_inferred: 'false' })),
];

const distinct = (name: string, values: readonly string[]): Row[] => [
  ...[...new Set(values)].map((value) => ({ [`${name}_key`]: surrogateKey(value), [name]: value })),
  ...members((label, key) => ({ [`${name}_key`]: key, [name]: label })),
];

function dimCountry(countries: readonly Row[], mentioned: readonly string[]): Row[] {
  const empty = { currency: null, is_inferred: 'false' };
  return [
    ...countries.map(({ region, ...row }) => ({
      ...{ ...row, country_key: surrogateKey(row.country_code!), region_key: surrogateKey(region!) },
      is_inferred: 'false',
    })),
    ...inferred(
      mentioned,
      countries.map(({ country_code }) => country_code!),
    ).map((code) => ({
      ...{ ...empty, country_key: surrogateKey(code), country_code: code, name: 'unknown', region_key: '-1' },
      is_inferred: 'true',
    })),
    ...members((label, key) => ({ ...empty, country_key: key, country_code: null, name: label, region_key: key })),
  ];
}

function dimLocation(cities: readonly Row[], mentioned: readonly Row[]): Row[] {
  const natural = ({ country, city }: Row) => `${country}|${city}`;
  const places = new Map(mentioned.filter(({ country, city }) => country && city).map((row) => [natural(row), row]));
  const row = (place: Row, timezone: string | null, is_inferred: string) => ({
    ...{ location_key: surrogateKey(natural(place)), city: place.city!, country_key: surrogateKey(place.country!) },
    ...{ timezone, is_inferred },
  });
  return [
    ...cities.map((city) => row(city, city.timezone!, 'false')),
    ...inferred([...places.keys()], cities.map(natural)).map((key) => row(places.get(key)!, null, 'true')),
    ...members((label, key) => ({
      location_key: key,
      city: label,
      country_key: key,
      timezone: null,
      is_inferred: 'false',
    })),
  ];
}

function dimCategory(categories: readonly Row[], products: readonly Row[]): Row[] {
  const row = (key: string, id: string | null, category: string, is_inferred: string) => ({
    ...{ product_category_key: key, category_id: id, category, is_inferred },
  });
  const known = categories.map(({ category_id }) => category_id!);
  return [
    ...categories.map(({ category_id, category }) => row(surrogateKey(category_id!), category_id!, category!, 'false')),
    ...inferred(
      products.map(({ category_id }) => category_id!),
      known,
    ).map((id) => {
      return row(surrogateKey(id), id, 'unknown', 'true');
    }),
    ...members((label, key) => row(key, null, label, 'false')),
  ];
}

function dimProduct(products: readonly Row[], bought: readonly string[]): Row[] {
  const empty = {
    ...{ product_id: null, product_category_key: '-1', merchant_id: null, list_price: null, list_currency: null },
    ...{ is_active: null, added_at: null, is_inferred: 'false' },
  };
  return [
    ...products.map(({ id, name, category_id, merchant_id, price, currency, is_active, created_at }) => ({
      ...{ product_key: surrogateKey(id!), product_id: id!, product_name: name!, merchant_id: merchant_id! },
      ...{ product_category_key: surrogateKey(category_id!), list_price: price!, list_currency: currency! },
      ...{ is_active: is_active!, added_at: created_at!, is_inferred: 'false' },
    })),
    ...inferred(
      bought,
      products.map(({ id }) => id!),
    ).map((id) => ({
      ...{ ...empty, product_key: surrogateKey(id), product_id: id, product_name: 'unknown', is_inferred: 'true' },
    })),
    ...members((label, key) => ({ ...empty, product_key: key, product_name: label, product_category_key: key })),
  ];
}
