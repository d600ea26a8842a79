import type pg from 'pg';
import { type CopyValue, copyRows } from './copy-text.ts';
import { COMMON_HOLIDAYS, FEES, NATIONAL_DAYS, TAX_RATES } from './law-and-fees.data.ts';
import { COUNTRIES, SIZES } from './reference-data.ts';
import { DAY, dateOf, HOUR, isoOf } from './simulated-time.ts';
import { dayStart, type World } from './world.ts';

const SINCE = '2020-01-01';
/** Years before and after the launch whose holidays are known at once; a further one is added each New Year. */
const YEARS = { before: 1, after: 1 } as const;
/** A holiday entered by mistake, and taken out again. */
const MISTAKE = { country: 'DE', monthDay: '12-06', name: 'Nikolaus (?)', removedOn: 4 } as const;
const RENAMED = { country: 'FR', monthDay: '05-01', name: 'Fête du Travail', on: 8 } as const;
const RAISED = { country: 'GR', kind: 'reduced', rate: '0.1400', announcedOn: 6, inForceAfterDays: 4 } as const;
/** Wrong since the launch, and put right in place: no new row, no time of change. */
const CORRECTED = { country: 'CH', kind: 'reduced', wrong: '0.0250', right: '0.0260', on: 9 } as const;
/** Cards become dearer for small merchants. */
const FEE_RISE = { method: 'Credit Card', size: 'Small', percent: '0.0310', on: 10, inForceAfterDays: 2 } as const;

/** Tax rates, holidays and fees: all of them on the launch, later what changes. */
export async function writeLaw(client: pg.Client, world: World, day: number): Promise<void> {
  const date = dateOf(dayStart(world, day));
  const year = Number(date.slice(0, 4));
  if (day === 0) {
    await copyRows(client, 'tax_rate', ['country', 'kind', 'rate', 'valid_from'], taxRows());
    const launch = Array.from({ length: YEARS.before + 1 + YEARS.after }, (_, offset) => year - YEARS.before + offset);
    const mistake = [MISTAKE.country, `${year}-${MISTAKE.monthDay}`, MISTAKE.name];
    await addHolidays(client, [...launch.flatMap(holidaysOf), mistake]);
    const columns = ['payment_method', 'merchant_size', 'percent', 'fixed_eur', 'valid_from', 'updated_at'];
    await copyRows(client, 'fee_schedule', columns, feeRows(isoOf(world.start)));
    return;
  }
  if (date.endsWith('-01-01')) await addHolidays(client, holidaysOf(year + YEARS.after));
  if (day === MISTAKE.removedOn) {
    await client.query('delete from public_holiday where country = $1 and name = $2', [MISTAKE.country, MISTAKE.name]);
  }
  if (day === RENAMED.on) {
    await client.query(
      "update public_holiday set name = $3 where country = $1 and to_char(holiday_date, 'MM-DD') = $2",
      [RENAMED.country, RENAMED.monthDay, RENAMED.name],
    );
  }
  if (day === RAISED.announcedOn) {
    const from = dateOf(dayStart(world, day + RAISED.inForceAfterDays));
    await client.query('insert into tax_rate values ($1, $2, $3, $4)', [
      RAISED.country,
      RAISED.kind,
      RAISED.rate,
      from,
    ]);
  }
  if (day === CORRECTED.on) {
    const { country, kind, right } = CORRECTED;
    await client.query('update tax_rate set rate = $3 where country = $1 and kind = $2', [country, kind, right]);
  }
  if (day === FEE_RISE.on) {
    await client.query(
      `insert into fee_schedule (payment_method, merchant_size, percent, fixed_eur, valid_from, updated_at)
       select payment_method, merchant_size, $3, fixed_eur, $4, $5 from fee_schedule where payment_method = $1 and merchant_size = $2`,
      [
        ...[FEE_RISE.method, FEE_RISE.size, FEE_RISE.percent],
        ...[dateOf(dayStart(world, day) + FEE_RISE.inForceAfterDays * DAY), isoOf(dayStart(world, day) + 9 * HOUR)],
      ],
    );
  }
}

function* taxRows(): Generator<CopyValue[]> {
  for (const [country, [standard, reduced]] of Object.entries(TAX_RATES)) {
    yield [country, 'standard', standard, SINCE];
    yield [country, 'reduced', country === CORRECTED.country ? CORRECTED.wrong : reduced, SINCE];
  }
}

function holidaysOf(year: number): string[][] {
  return COUNTRIES.flatMap(({ code }) =>
    [...COMMON_HOLIDAYS, NATIONAL_DAYS[code]!].map(([monthDay, name]) => [code, `${year}-${monthDay}`, name]),
  );
}

async function addHolidays(client: pg.Client, rows: readonly (readonly string[])[]): Promise<void> {
  await copyRows(client, 'public_holiday', ['country', 'holiday_date', 'name'], rows);
}

/** Medium merchants pay nine tenths of what small ones pay, large ones seven. */
const SIZE_FACTORS = { Small: 1, Medium: 0.9, Large: 0.7 } as const;

function* feeRows(at: string): Generator<CopyValue[]> {
  for (const [method, [percent, fixed]] of Object.entries(FEES)) {
    for (const size of SIZES) yield [method, size, (percent * SIZE_FACTORS[size]).toFixed(4), fixed, SINCE, at];
  }
}
