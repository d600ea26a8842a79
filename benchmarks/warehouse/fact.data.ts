import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bigint, boolean, date, day, decimal, key, text, timestamp } from '../../core/builders.ts';
import { columnsOf } from '../../core/column.ts';
import { openSession, type SessionOptions } from '../../engine/session.ts';
import { literal } from '../../engine/sql-text.ts';
import type { PublishedTable } from '../../warehouse/warehouse.ts';

export const SESSION: SessionOptions = { memoryLimit: '1GB', threads: 2 };
export const DAYS = 1096;
const FIRST = Date.UTC(2023, 10, 1);

export const COLUMNS = columnsOf({
  event_date: key(date()),
  payment_id: key(text()),
  event_time: timestamp(),
  customer_key: bigint(),
  merchant_key: bigint(),
  location_key: bigint(),
  status: text(),
  payment_method: text(),
  currency: text(),
  amount: decimal(18, 2),
  amount_eur: decimal(18, 2).nullable(),
  fee_eur: decimal(18, 2).nullable(),
  is_captured: boolean(),
});

export const dayName = (index: number): string => new Date(FIRST + index * 86_400_000).toISOString().slice(0, 10);
export const dayFile = (folder: string, index: number): string => join(folder, `${dayName(index)}.parquet`);

/** One Parquet file per day, as the lake has them; kept from one run to the next. */
export async function writeFacts(folder: string, rowsPerDay: number): Promise<void> {
  if (existsSync(dayFile(folder, DAYS - 1))) return;
  mkdirSync(folder, { recursive: true });
  await using session = await openSession(SESSION);
  for (let index = 0; index < DAYS; index++) {
    const on = literal(dayName(index));
    await session.run(`COPY (
      SELECT ${on}::DATE AS event_date, md5((${index} * 1000000 + i)::VARCHAR) AS payment_id,
        ${on}::TIMESTAMP AT TIME ZONE 'UTC' + to_microseconds((i * 7919 % 86400) * 1000000) AS event_time,
        (hash(i) % 1000000)::BIGINT AS customer_key, (hash(i + 1) % 5000)::BIGINT AS merchant_key, (hash(i + 2) % 300)::BIGINT AS location_key,
        (['succeeded', 'failed', 'refunded', 'disputed'])[1 + i % 4] AS status, (['Credit Card', 'Bank Transfer', 'Wallet'])[1 + i % 3] AS payment_method,
        (['EUR', 'USD', 'GBP'])[1 + i % 3] AS currency, ((hash(i + 3) % 100000) / 100)::DECIMAL(18,2) AS amount,
        ((hash(i + 4) % 100000) / 100)::DECIMAL(18,2) AS amount_eur, ((hash(i + 5) % 500) / 100)::DECIMAL(18,2) AS fee_eur, i % 4 <> 1 AS is_captured
      FROM range(${rowsPerDay}) t(i)) TO ${literal(dayFile(folder, index))} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)`);
  }
}

/** The fact with these days replaced. */
export function factOf(folder: string, indexes: readonly number[]): PublishedTable {
  return {
    name: 'fact_payment',
    columns: COLUMNS,
    key: ['event_date', 'payment_id'],
    partitionBy: day('event_date'),
    replacePartitions: indexes.map((index) => ({ partition: dayName(index), uris: [dayFile(folder, index)] })),
    dropPartitions: [],
  };
}
