import { BSON } from 'mongodb';
import { expect } from 'vitest';
import { sourceRows } from '../oracle/source-rows.ts';
import type { CompanySources } from './company.sources.ts';
import type { LakeReader } from './lake-reader.ts';
import { lineOf, type TextRow } from './text-rows.ts';

const TABLES = [
  ...(['transaction', 'transaction_state_change', 'refund', 'customer', 'merchant'] as const),
  ...(['exchange_rate', 'country'] as const),
];

/** Column of bronze -> path in the document. */
const COLLECTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  customer_review: {
    ...{ transaction_id: 'transaction_id', customer_id: 'customer_id', merchant_id: 'merchant_id' },
    ...{ rating: 'rating', message: 'message', timestamp: 'timestamp' },
  },
  user_interaction: {
    ...{ session_id: 'session_id', session_start: 'session_start', device: 'device', location: 'location' },
    ...{ events: 'events', duration: 'sessionDuration', is_active: 'isActive' },
  },
};

/** Every row of every source is in bronze with the values it has now. @returns rows checked, by source table */
export async function expectSourcesInBronze(
  lake: LakeReader,
  sources: CompanySources,
): Promise<Record<string, number>> {
  const checked: Record<string, number> = {};
  for (const table of TABLES) checked[table] = await inBronze(lake, table, await sourceRows(sources.client, table));
  for (const collection of Object.keys(COLLECTIONS)) {
    checked[collection] = await inBronze(lake, collection, await documentRows(sources, collection));
  }
  return checked;
}

async function inBronze(lake: LakeReader, table: string, now: readonly TextRow[]): Promise<number> {
  const known = new Set((await lake.rows(`bronze.${table}`)).map((row) => lineOf(declared(row))));
  const lacking = now.map(lineOf).filter((line) => !known.has(line));
  expect(lacking.slice(0, 3), `${lacking.length} rows of ${table} are not in bronze as they are now`).toEqual([]);
  expect(now.length, `${table} is not empty`).toBeGreaterThan(0);
  return now.length;
}

const declared = (row: TextRow): TextRow =>
  Object.fromEntries(Object.entries(row).filter(([column]) => !column.startsWith('_')));

async function documentRows({ db }: CompanySources, collection: string): Promise<TextRow[]> {
  const rows: TextRow[] = [];
  for await (const document of db.collection(collection).find({}, { promoteValues: false, batchSize: 100 })) {
    const fields = Object.entries(COLLECTIONS[collection]!).map(([column, path]) => {
      const value: unknown = document[path];
      // A field that is null and one that is not there are two things.
      return [column, value === undefined ? null : BSON.EJSON.stringify(value, { relaxed: false })];
    });
    const updated_at = `${(document.updated_at as Date).toISOString().slice(0, -1)}000Z`;
    rows.push({ ...Object.fromEntries(fields), id: document._id.toHexString(), updated_at });
  }
  return rows;
}
