import { MongoClient } from 'mongodb';
import pg from 'pg';
import { ensureMongoIndexes } from '../nosql/indexes.ts';
import { migrateOltp } from '../oltp/migrate.ts';
import { type DayCounts, writeDay, writeHistory } from './company-day.ts';
import { generatedDays, isGenerated } from './generated-days.ts';
import {
  correctExchangeRate,
  insertMerchant,
  inTransaction,
  type MerchantRow,
  refundPayment,
  updatePaymentStatus,
} from './mutations.ts';
import type { Status } from './reference-data.ts';
import { DAY, dateOf, startOf } from './simulated-time.ts';
import { createWorld } from './world.ts';
import { NO_DOCUMENTS } from './write-documents.ts';

export interface GeneratorOptions {
  /** 0 to 2^32 - 1. The same seed, start and size give the same rows, to the byte. */
  readonly seed: number;
  /** The launch, YYYY-MM-DD. */
  readonly start: string;
  /** Payments a day, on average: weekdays and months differ (season.ts). */
  readonly rowsPerDay: number;
  /** From this day on, YYYY-MM-DD: another merchant mix, dearer baskets, more wallets, and a new kind of fraud. @default never */
  readonly shiftFrom?: string;
  /** Connection string of a superuser: migrations make roles and an extension. */
  readonly pg: string;
  /** Left out: only PostgreSQL is written. */
  readonly mongo?: { readonly url: string; readonly database: string };
  /** Size of the day's largest document; every fifth day it is four times that, at most 14 MB. @default 3000000 */
  readonly hugeDocumentBytes?: number;
}

export interface DayReport extends DayCounts {
  readonly date: string;
  /** False: the day was there before, nothing was written. */
  readonly written: boolean;
}

/** The payments company, day by simulated day, and single changes by hand (times are ISO 8601 with a zone, amounts and rates decimal text). */
export interface Generator {
  /** Creates or updates the PostgreSQL schema and the MongoDB indexes. */
  migrate(): Promise<void>;
  /** Writes what happens on a day (YYYY-MM-DD): all of it or nothing. A day that is there already is left alone; days cannot be skipped. */
  advanceDay(date: string): Promise<DayReport>;
  /**
   * Writes the first `days` days in one go, all of them or nothing: years of history, as they stand at the end. Leaves alone a database that has
   * them. `seen` is told of each date. Throws when only some of them are there.
   */
  bootstrap(days: number, seen?: (date: string) => void): Promise<{ written: boolean }>;
  updatePaymentStatus(id: string, status: Status, at: string): Promise<void>;
  refundPayment(refund: { id: string; paymentId: string; amount: string; at: string }): Promise<void>;
  correctExchangeRate(currency: string, date: string, rate: string, at: string): Promise<void>;
  insertMerchant(row: MerchantRow, at: string): Promise<void>;
  close(): Promise<void>;
}

const HUGE_IN_HISTORY = 20_000;

const NOTHING: DayCounts = {
  payments: 0,
  moves: 0,
  refunds: 0,
  disputes: 0,
  customers: 0,
  merchants: 0,
  ...NO_DOCUMENTS,
};

/** Connects to both systems. Call `close` at the end. */
export async function createGenerator(options: GeneratorOptions): Promise<Generator> {
  const world = createWorld(options);
  const client = new pg.Client({ connectionString: options.pg });
  // A lost connection fails the query that is running, or the next one; unheard, this event would end the process.
  client.on('error', () => {});
  await client.connect();
  const mongo = options.mongo ? new MongoClient(options.mongo.url) : undefined;
  const db = mongo?.db(options.mongo?.database);

  async function advanceDay(date: string): Promise<DayReport> {
    const day = (startOf(date) - world.start) / DAY;
    if (day < 0) throw new Error(`day ${date} is before the launch on ${options.start}`);
    return alone(async () => {
      if (await isGenerated(client, world, day)) return { date, written: false, ...NOTHING };
      return { date, written: true, ...(await writeDay(client, db, world, day)) };
    });
  }

  async function bootstrap(days: number, seen: (date: string) => void = () => {}): Promise<{ written: boolean }> {
    if (!Number.isInteger(days) || days < 1) throw new Error(`bootstrap of ${days} days: give a whole number from 1`);
    return alone(async () => {
      const there = await generatedDays(client, world);
      if (there >= days) return { written: false };
      if (there > 0) throw new Error(`a bootstrap of ${days} days needs an empty database; this one has ${there} days`);
      // Documents of megabytes are a matter of the nightly days; in years of them they would be all there is.
      const history = { ...world, hugeDocumentBytes: Math.min(world.hugeDocumentBytes, HUGE_IN_HISTORY) };
      await writeHistory(client, db, history, days, (day) => seen(dateOf(world.start + day * DAY)));
      return { written: true };
    });
  }

  /** In one transaction, and nobody else generates at the same time. */
  const alone = <T>(work: () => Promise<T>): Promise<T> =>
    inTransaction(client, async () => {
      await client.query('lock table simulation.generated_day in exclusive mode');
      await rewindStateChangeIds(client);
      return work();
    });

  return {
    async migrate() {
      await migrateOltp(client);
      if (db) await ensureMongoIndexes(db);
    },
    advanceDay,
    bootstrap,
    updatePaymentStatus: (id, status, at) => updatePaymentStatus(client, id, status, at),
    refundPayment: (refund) => refundPayment(client, refund),
    correctExchangeRate: (currency, date, rate, at) => correctExchangeRate(client, currency, date, rate, at),
    insertMerchant: (row, at) => insertMerchant(client, row, at),
    async close() {
      await client.end();
      await mongo?.close();
    },
  };
}

/** Identities that a killed day used up are given out again, so that a day done at the second try has the same rows. */
async function rewindStateChangeIds(client: pg.Client): Promise<void> {
  await client.query(
    "select setval(pg_get_serial_sequence('transaction_state_change', 'id'), coalesce(max(id), 0) + 1, false) from transaction_state_change",
  );
}
