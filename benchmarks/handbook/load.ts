import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from } from 'pg-copy-streams';

const TABLE = `CREATE TABLE tx (
  transaction_id integer PRIMARY KEY, tx_datetime timestamptz NOT NULL, customer_id integer NOT NULL,
  terminal_id integer NOT NULL, tx_amount numeric(18,2) NOT NULL, tx_time_seconds integer NOT NULL,
  tx_time_days integer NOT NULL, tx_fraud boolean NOT NULL, tx_fraud_scenario integer NOT NULL)`;

/** Puts the file that generate.py wrote into a fresh table `tx`, with the index that an ingest by cursor wants. */
export async function loadHandbook(url: string, csv: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`DROP TABLE IF EXISTS tx; ${TABLE}`);
    await pipeline(createReadStream(csv), client.query(from('COPY tx FROM STDIN (FORMAT csv, HEADER true)')));
    await client.query('CREATE INDEX ON tx (tx_datetime); ANALYZE tx');
    const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM tx');
    return rows[0]!.count;
  } finally {
    await client.end();
  }
}
