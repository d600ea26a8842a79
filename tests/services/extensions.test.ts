import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { resolveDuckdbExtensions } from '../../services/duckdb.extensions.ts';

const names = ['postgres_scanner', 'httpfs'] as const;
const resolved = await resolveDuckdbExtensions({ names });
const reason = Object.values(resolved.missing).join('; ');

describe.skipIf(reason !== '')(`DuckDB's extensions${reason && ` (skipped: ${reason})`}`, () => {
  it.each(names)('%s is a file that this DuckDB loads', async (name) => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(`LOAD '${join(resolved.folder, `${name}.duckdb_extension`)}'`);
    const found = await connection.runAndReadAll(
      `SELECT count(*)::INT FROM duckdb_extensions() WHERE loaded AND extension_name = '${name}'`,
    );
    expect(found.getRows()).toEqual([[1]]);
    connection.closeSync();
  });

  it('are not asked for again', async () => {
    const again = await resolveDuckdbExtensions({ names, report: ({ message }) => expect.unreachable(message) });
    expect(again).toEqual(resolved);
  });
});
