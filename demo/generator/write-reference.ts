import type pg from 'pg';
import { copyRows } from './copy-text.ts';
import { type ExchangeRate, rateCorrections, ratesOf } from './exchange-rate.ts';
import { CITIES, COUNTRIES, COUNTRY_RENAME, CURRENCIES, DEVICES, PAYMENT_METHODS, STATUSES } from './reference-data.ts';
import { HOUR, isoOf } from './simulated-time.ts';
import { dayStart, type World } from './world.ts';

/** The tables that others refer to, on the day of the launch; on later days what changes in them. */
export async function writeReference(client: pg.Client, world: World, day: number): Promise<void> {
  if (day === 0) await writeLaunch(client, isoOf(world.start));
  if (day === COUNTRY_RENAME.day) {
    const at = isoOf(dayStart(world, day) + 8 * HOUR);
    await client.query('update country set name = $2, updated_at = $3 where code = $1', [
      COUNTRY_RENAME.code,
      COUNTRY_RENAME.name,
      at,
    ]);
  }
  await copyRows(
    client,
    'exchange_rate',
    ['currency', 'rate_date', 'rate_to_eur', 'updated_at'],
    rateRows(ratesOf(world, day)),
  );
  for (const correction of rateCorrections(world, day))
    await upsertRate(client, correction, isoOf(correction.updatedAt));
}

async function writeLaunch(client: pg.Client, at: string): Promise<void> {
  await copyRows(
    client,
    'currency',
    ['code', 'exponent', 'updated_at'],
    CURRENCIES.map((row) => [row.code, row.exponent, at]),
  );
  const countries = COUNTRIES.map((row) => [row.code, row.name, row.region, row.currency, at]);
  await copyRows(client, 'country', ['code', 'name', 'region', 'currency', 'updated_at'], countries);
  await copyRows(
    client,
    'city',
    ['id', 'name', 'country', 'timezone', 'updated_at'],
    CITIES.map((row, position) => [position + 1, row.name, row.country, row.timezone, at]),
  );
  await copyRows(
    client,
    'payment_status',
    ['code', 'is_captured', 'updated_at'],
    STATUSES.map((row) => [row.code, row.captured, at]),
  );
  await copyRows(
    client,
    'payment_method',
    ['name', 'updated_at'],
    PAYMENT_METHODS.map((name) => [name, at]),
  );
  await copyRows(
    client,
    'device_type',
    ['name', 'updated_at'],
    DEVICES.map((name) => [name, at]),
  );
}

function* rateRows(rates: Iterable<ExchangeRate>): Generator<string[]> {
  for (const rate of rates) yield [rate.currency, rate.rateDate, rate.rateToEur, isoOf(rate.updatedAt)];
}

/** Writes a rate, new or corrected. */
export async function upsertRate(client: pg.Client, rate: Omit<ExchangeRate, 'updatedAt'>, at: string): Promise<void> {
  await client.query(
    `insert into exchange_rate (currency, rate_date, rate_to_eur, updated_at) values ($1, $2, $3, $4)
     on conflict (currency, rate_date) do update set rate_to_eur = excluded.rate_to_eur, updated_at = excluded.updated_at`,
    [rate.currency, rate.rateDate, rate.rateToEur, at],
  );
}
