import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PARQUET } from '../engine/parquet-format.ts';
import { openSession, type SessionOptions } from '../engine/session.ts';
import { ident, literal } from '../engine/sql-text.ts';
import type { Cell, QueryResult } from './warehouse.ts';

/** Types that Parquet has; anything else is text, lists and structs as JSON. */
const KEPT =
  /^(BOOLEAN|U?(TINYINT|SMALLINT|INTEGER|BIGINT)|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\)|DATE|TIMESTAMP( WITH TIME ZONE)?)$/;

/**
 * The result as a Parquet file: decimals, times and whole numbers keep their types.
 * @param folder for the rows on their way; nothing stays in it
 */
export async function formatParquet(result: QueryResult, options: SessionOptions, folder: string): Promise<Uint8Array> {
  const work = await mkdtemp(join(folder, 'strata-parquet-'));
  try {
    const [rows, parquet] = [join(work, 'rows.json'), join(work, 'result.parquet')];
    const lines = result.rows.map((row) =>
      JSON.stringify(Object.fromEntries(row.map((cell, i) => [`c${i}`, asText(cell)]))),
    );
    await writeFile(rows, lines.map((line) => `${line}\n`).join(''));
    const longest = Math.max(1 << 24, ...lines.map((line) => 4 * line.length));
    const columns = result.columns.map((_, i) => `c${i}: 'VARCHAR'`).join(', ');
    const select = result.columns.map(({ name, type }, i) => `${typed(`c${i}`, type)} AS ${ident(name)}`).join(', ');
    await using session = await openSession(options);
    await session.run(
      `COPY (SELECT ${select} FROM read_json(${literal(rows)}, format = 'newline_delimited', columns = {${columns}},
        maximum_object_size = ${longest})) TO ${literal(parquet)} (${PARQUET})`,
    );
    return await readFile(parquet);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const asText = (cell: Cell): string | null =>
  cell === null ? null : typeof cell === 'object' ? JSON.stringify(cell) : String(cell);

function typed(column: string, type: string): string {
  if (type === 'BLOB') return `unhex(${column})`;
  // Parquet has no whole number of 128 bits: DuckDB would write a double. What sums and counts give fits a decimal.
  if (type === 'HUGEINT') return `${column}::DECIMAL(38,0)`;
  return KEPT.test(type) ? `${column}::${type}` : column;
}
