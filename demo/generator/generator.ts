import { MongoClient } from 'mongodb';
import pg from 'pg';
import { ensureMongoIndexes } from '../nosql/indexes.ts';
import { migrateOltp } from '../oltp/migrate.ts';
import { isGenerated, recordGenerated } from './generated-days.ts';
import {
  correctExchangeRate,
  insertMerchant,
  inTransaction,
  type MerchantRow,
  refundPayment,
  updatePaymentStatus,
} from './mutations.ts';
import type { Status } from './reference-data.ts';
import { DAY, startOf } from './simulated-time.ts';
import { createWorld } from './world.ts';
import { writeChanges } from './write-changes.ts';
import { writeDocuments } from './write-documents.ts';
import { writeParties } from './write-parties.ts';
import { writePayments } from './write-payments.ts';
import { writeReference } from './write-reference.ts';

export interface GeneratorOptions {
  /** 0 to 2^32 - 1. The same seed, start and size give the same rows, to the byte. */
  readonly seed: number;
  /** The launch, YYYY-MM-DD. */
  readonly start: string;
  /** Payments a day. */
  readonly rowsPerDay: number;
  /** Connection string of a superuser: migrations make roles and an extension. */
  readonly pg: string;
  /** Left out: only PostgreSQL is written. */
  readonly mongo?: { readonly url: string; readonly database: string };
  /** Size of the day's largest document; every fifth day it is four times that, at most 14 MB. @default 3000000 */
  readonly hugeDocumentBytes?: number;
}

export interface DayReport {
  readonly date: string;
  /** False: the day was there before, nothing was written. */
  readonly written: boolean;
  readonly payments: number;
  /** Status moves of earlier days' payments. */
  readonly moves: number;
  readonly refunds: number;
  readonly customers: number;
  readonly merchants: number;
  readonly reviews: number;
  readonly sessions: number;
}

/** The payments company, day by simulated day, and single changes by hand (times are ISO 8601 with a zone, amounts and rates decimal text). */
export interface Generator {
  /** Creates or updates the PostgreSQL schema and the MongoDB indexes. */
  migrate(): Promise<void>;
  /** Writes what happens on a day (YYYY-MM-DD): all of it or nothing. A day that is there already is left alone; days cannot be skipped. */
  advanceDay(date: string): Promise<DayReport>;
  updatePaymentStatus(id: string, status: Status, at: string): Promise<void>;
  refundPayment(refund: { id: string; paymentId: string; amount: string; at: string }): Promise<void>;
  correctExchangeRate(currency: string, date: string, rate: string, at: string): Promise<void>;
  insertMerchant(row: MerchantRow, at: string): Promise<void>;
  close(): Promise<void>;
}

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
    return inTransaction(client, async () => {
      await client.query('lock table simulation.generated_day in exclusive mode');
      const nothing = {
        date,
        written: false,
        payments: 0,
        moves: 0,
        refunds: 0,
        customers: 0,
        merchants: 0,
        reviews: 0,
        sessions: 0,
      };
      if (await isGenerated(client, world, day)) return nothing;
      await rewindStateChangeIds(client);
      await writeReference(client, world, day);
      const parties = await writeParties(client, world, day);
      const payments = await writePayments(client, world, day);
      const changes = await writeChanges(client, world, day);
      // Before the commit: a day whose documents are incomplete is not recorded, and writing them again is harmless.
      const documents = db ? await writeDocuments(db, world, day) : { reviews: 0, sessions: 0 };
      await recordGenerated(client, world, day);
      return { date, written: true, payments, ...changes, ...parties, ...documents };
    });
  }

  return {
    async migrate() {
      await migrateOltp(client);
      if (db) await ensureMongoIndexes(db);
    },
    advanceDay,
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
