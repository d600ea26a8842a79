import type { Db } from 'mongodb';
import type pg from 'pg';
import { calendar } from './calendar.oracle.ts';
import { oracleDimensions } from './dimension.oracle.ts';
import { oracleFacts } from './facts.oracle.ts';
import type { VersionLog } from './version-log.ts';

type Row = Record<string, string | null>;

/**
 * Gold table -> its rows as the source says they should be now, every value as text, keys included; with what only dimensions read.
 * @param log what was seen of customers and merchants in the nights before; default: nothing
 */
export async function oracleGold(client: pg.Client, db: Db, log?: VersionLog): Promise<Record<string, Row[]>> {
  const dimensions = await oracleDimensions(client, db, log);
  const versions = { customers: dimensions['gold.dim_customer']!, merchants: dimensions['gold.dim_merchant']! };
  return {
    ...dimensions,
    ...(await oracleFacts(client, db, versions)),
    'gold.dim_date': calendar(),
  };
}
