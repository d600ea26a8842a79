import type { Db } from 'mongodb';
import type pg from 'pg';
import { oracleSessions } from './documents.oracle.ts';
import { surrogateKey } from './surrogate-key.ts';
import { textRows } from './text-query.ts';

type Row = Record<string, string | null>;

/** The dimensions that keep no history, and what they are made from, as the sources say they should be now. */
export async function oracleDimensions(client: pg.Client, db: Db): Promise<Record<string, Row[]>> {
  const mentioned = await mentions(client, db);
  const kinds = (kind: string) => [...new Set(mentioned.filter((m) => m.kind === kind).map((m) => m.natural_key!))];
  const currencies = await textRows(client, 'select code as currency, exponent, updated_at from currency');
  const methods = await textRows(client, 'select name as payment_method, updated_at from payment_method');
  const devices = await textRows(client, 'select name as device_type, updated_at from device_type');
  const countries = await textRows(client, 'select code as country_code, name, region, currency from country');
  const isCard = (row: Row) => ({ ...row, is_card: String(row.payment_method!.endsWith('Card')) });
  return {
    'silver.currency': currencies,
    'silver.payment_method': methods,
    'silver.device_type': devices,
    'silver.mention': mentioned,
    'gold.dim_currency': dimension('currency_key', 'currency', currencies, kinds('currency'), { exponent: null }),
    'gold.dim_payment_method': dimension(
      'payment_method_key',
      'payment_method',
      methods,
      kinds('payment_method'),
      {},
    ).map(isCard),
    'gold.dim_device': dimension('device_key', 'device_type', devices, kinds('device'), {}),
    'gold.dim_region': distinct(
      'region_key',
      'region',
      countries.map(({ region }) => region!),
    ),
    'gold.dim_industry': distinct(
      'industry_key',
      'industry',
      (await textRows(client, 'select industry from merchant')).map(({ industry }) => industry!),
    ),
    'gold.dim_country': dimCountry(countries, [
      ...kinds('country'),
      ...(await textRows(client, 'select country from customer union select country from merchant')).flatMap(
        ({ country }) => country ?? [],
      ),
    ]),
  };
}

const MEMBERS = [
  ['-1', 'unknown'],
  ['-2', 'not applicable'],
] as const;

/** Rows of the source, those only mentioned, and the two members: a dimension whose name is its natural key. */
function dimension(key: string, name: string, known: readonly Row[], mentioned: readonly string[], empty: Row): Row[] {
  const names = new Set(known.map((row) => row[name]));
  const inferred = [...new Set(mentioned)].filter((value) => !names.has(value));
  return [
    ...known.map(({ updated_at, ...row }) => ({ ...row, [key]: surrogateKey(row[name]!), is_inferred: 'false' })),
    ...inferred.map((value) => ({ ...empty, [key]: surrogateKey(value), [name]: value, is_inferred: 'true' })),
    ...MEMBERS.map(([id, label]) => ({ ...empty, [key]: id, [name]: label, is_inferred: 'false' })),
  ];
}

function distinct(key: string, name: string, values: readonly string[]): Row[] {
  return [
    ...[...new Set(values)].map((value) => ({ [key]: surrogateKey(value), [name]: value })),
    ...MEMBERS.map(([id, label]) => ({ [key]: id, [name]: label })),
  ];
}

function dimCountry(countries: readonly Row[], mentioned: readonly string[]): Row[] {
  const codes = new Set(countries.map(({ country_code }) => country_code));
  const row = (key: string, code: string | null, name: string, region_key: string, rest: Row) => ({
    ...{ country_key: key, country_code: code, name, region_key, currency: null, is_inferred: 'false' },
    ...rest,
  });
  return [
    ...countries.map(({ country_code, name, region, currency }) =>
      row(surrogateKey(country_code!), country_code!, name!, surrogateKey(region!), { currency: currency! }),
    ),
    ...[...new Set(mentioned)]
      .filter((code) => !codes.has(code))
      .map((code) => row(surrogateKey(code), code, 'unknown', '-1', { is_inferred: 'true' })),
    ...MEMBERS.map(([id, label]) => row(id, null, label, id, {})),
  ];
}

/** Each thing once for each day on which a payment or a session mentions it. */
async function mentions(client: pg.Client, db: Db): Promise<Row[]> {
  const payments = await textRows(
    client,
    `select distinct (event_time at time zone 'UTC')::date as day, location_country, location_city, billing_country,
       currency, payment_method, device_type
     from transaction`,
  );
  const { rows: sessions } = await oracleSessions(db);
  const found = new Map<string, Row>();
  const add = (day: string, kind: string, natural_key: string | null, country: string | null, city: string | null) => {
    if (natural_key === null) return;
    found.set(`${day} ${kind} ${natural_key}`, { mention_date: day, kind, natural_key, country, city });
  };
  const addPlace = (day: string, country: string | null, city: string | null) => {
    add(day, 'country', country, null, null);
    if (country !== null && city !== null) add(day, 'location', `${country}|${city}`, country, city);
  };
  for (const { day, ...payment } of payments) {
    addPlace(day!, payment.location_country!, payment.location_city!);
    addPlace(day!, payment.billing_country!, null);
    add(day!, 'currency', payment.currency!, null, null);
    add(day!, 'payment_method', payment.payment_method!, null, null);
    add(day!, 'device', payment.device_type!, null, null);
  }
  for (const { session_start, country, city, device_type } of sessions) {
    addPlace(session_start.slice(0, 10), country, city);
    add(session_start.slice(0, 10), 'device', device_type, null, null);
  }
  return [...found.values()];
}
