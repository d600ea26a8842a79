import {
  DuckDBDataChunk,
  DuckDBTimestampTZValue,
  type DuckDBType,
  type DuckDBValue,
  TIMESTAMPTZ,
  VARCHAR,
} from '@duckdb/node-api';
import { type Document, EJSON } from 'bson';
import { MongoClient } from 'mongodb';
import type { SourceDataset } from '../../core/dataset.ts';
import type { Session } from '../../engine/session.ts';
import { ident } from '../../engine/sql-text.ts';

const CHUNK_ROWS = 2048;
/** As JavaScript values; documents may be megabytes. */
const CHUNK_CHARACTERS = 8 * 2 ** 20;

/** Reads documents with the driver into a temp table, fields as JSON; gives the SELECT that reads it. */
export async function loadDocuments(
  session: Session,
  dataset: SourceDataset,
  app: string,
  lower: string | undefined,
): Promise<string> {
  const fields = dataset.columns.map((column) => ({ ...column, path: dataset.sourceColumns[column.name]! }));
  const table = `seen_${dataset.relation}`;
  await session.run(
    `CREATE OR REPLACE TEMP TABLE ${table} (${fields.map((f) => `${ident(f.name)} ${f.sqlType === 'TIMESTAMPTZ' ? f.sqlType : 'VARCHAR'}`).join(', ')})`,
  );
  const types: DuckDBType[] = fields.map((f) => (f.sqlType === 'TIMESTAMPTZ' ? TIMESTAMPTZ : VARCHAR));
  const append = async (rows: DuckDBValue[][]) => {
    const chunk = DuckDBDataChunk.create(types);
    chunk.setRows(rows);
    const appender = await session.connection.createAppender(table, null, 'temp');
    appender.appendDataChunk(chunk);
    appender.closeSync();
  };
  const client = await MongoClient.connect(app);
  try {
    const cursor = dataset.extraction.kind === 'cursor' ? dataset.extraction.column : '_id';
    const filter = lower === undefined ? {} : { [cursor]: { $gte: new Date(lower) } };
    let rows: DuckDBValue[][] = [];
    let characters = 0;
    // `promoteValues` would turn 4.0 and 4 into the same number.
    for await (const document of client.db().collection(dataset.relation).find(filter, { promoteValues: false })) {
      const row = fields.map(({ path, sqlType, json }) => fieldText(document, path, sqlType, json));
      for (const value of row) characters += typeof value === 'string' ? value.length : 8;
      rows.push(row);
      if (rows.length < CHUNK_ROWS && characters < CHUNK_CHARACTERS) continue;
      await append(rows);
      rows = [];
      characters = 0;
    }
    if (rows.length > 0) await append(rows);
  } finally {
    await client.close();
  }
  const typed = fields.map((f) => `${ident(f.name)}::${f.sqlType} AS ${ident(f.name)}`);
  return `SELECT ${typed.join(', ')} FROM ${table}`;
}

function fieldText(document: Document, path: string, sqlType: string, json: boolean): DuckDBValue {
  let value: unknown = document;
  for (const step of path.split('.')) value = (value as Document | undefined)?.[step];
  if (value === undefined) return null;
  if (sqlType === 'TIMESTAMPTZ') return new DuckDBTimestampTZValue(BigInt((value as Date).getTime()) * 1000n);
  return json ? EJSON.stringify(value, { relaxed: false }) : String(value);
}
