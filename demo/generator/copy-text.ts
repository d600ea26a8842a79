import { once } from 'node:events';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

export type CopyValue = string | number | boolean | null;

const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A row of PostgreSQL's COPY text format. */
export function copyLine(values: readonly CopyValue[]): string {
  const fields = new Array<string>(values.length);
  for (let column = 0; column < values.length; column++) {
    const value = values[column]!;
    fields[column] =
      value === null ? '\\N' : typeof value === 'string' && SPECIAL.test(value) ? escapeText(value) : String(value);
  }
  // Joined, a line is one string; added up, it would be a tree of pieces that the garbage collector walks again and again.
  return `${fields.join('\t')}\n`;
}

function escapeText(text: string): string {
  return text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character]!);
}

/** Writes rows by COPY, as fast as PostgreSQL takes them; returns their number. */
export async function copyRows(
  client: pg.Client,
  table: string,
  columns: readonly string[],
  rows: Iterable<readonly CopyValue[]>,
): Promise<number> {
  const stream = client.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`));
  const finished = once(stream, 'finish');
  // Handled where it is awaited; without this a failure during the writing would end the process.
  finished.catch(() => {});
  let failed = false;
  stream.on('error', () => {
    failed = true;
  });
  let count = 0;
  let chunk = '';
  for (const row of rows) {
    chunk += copyLine(row);
    count += 1;
    if (chunk.length < 65_536) continue;
    if (failed) break;
    if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), finished]);
    chunk = '';
  }
  if (!failed) stream.end(chunk);
  await finished;
  return count;
}

/** Writes rows that are COPY text already. */
export async function copyText(
  client: pg.Client,
  table: string,
  columns: readonly string[],
  text: string,
): Promise<void> {
  const stream = client.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`));
  const finished = once(stream, 'finish');
  stream.end(text);
  await finished;
}
