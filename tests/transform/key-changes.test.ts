import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  applicationClock,
  cursor,
  dataset,
  date,
  decimal,
  key,
  merge,
  postgres,
  source,
  text,
  timestamp,
} from '../../core/builders.ts';
import type { DerivedDataset } from '../../core/dataset.ts';
import { openSession, type Session } from '../../engine/session.ts';
import type { AsOfKey } from '../../transform/build-input.ts';
import { LocalTable } from './local-table.ts';

const columns = { currency: key(text()), day: key(date()), rate: decimal(10, 4), updated_at: timestamp() };
const bronze = source({
  name: 'bronze.rate',
  description: 'rates',
  source: postgres('shop'),
  relation: 'rate',
  extraction: cursor('updated_at', applicationClock({ lateness: '1 hour' })),
  columns,
});
const byDay = dataset({
  name: 'silver.rate',
  description: 'rates',
  inputs: { raw: bronze },
  columns,
  sql: 'silver/rate.sql',
  write: merge({ latestBy: 'updated_at' }),
});
/** One row per currency, dated: the key alone finds it. */
const single = dataset({
  name: 'silver.rate',
  description: 'rates',
  inputs: { raw: bronze },
  columns: { ...columns, day: date() },
  sql: 'silver/rate.sql',
  write: merge({ latestBy: 'updated_at' }),
});
const asOfKey: AsOfKey = { columns: ['currency'], validFrom: 'day' };

let session: Session;
let folder: string;
let position = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-keys-'));
  session = await openSession({ memoryLimit: '512MB', threads: 1 });
});
afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true });
});

/** Merges rates `[currency, day, rate]` and gives the ranges that readers must look at again. */
async function change(table: LocalTable, of: DerivedDataset, ...rates: [string, string, number][]) {
  const uri = join(folder, `rates-${position++}.parquet`);
  const values = rates.map(([currency, at, rate]) => `('${currency}', DATE '${at}', ${rate})`).join(', ');
  await session.run(
    `COPY (SELECT c AS currency, d AS day, r::DECIMAL(10,4) AS rate, make_timestamptz(${position}000000) AS updated_at,
       'u' AS _op, ${position}::BIGINT AS _position, make_timestamptz(0) AS _observed_at FROM (VALUES ${values}) t(c, d, r)) TO '${uri}' (FORMAT parquet)`,
  );
  const output = await table.merge({
    session,
    dataset: of,
    sqlText: 'SELECT currency, day, rate, updated_at FROM {{raw}}',
    raw: { name: 'raw', dataset: bronze },
    inputs: { raw: [{ uri, partition: '1970-01-01' }] },
    directory: folder,
    asOfKey,
  });
  if (!output.keyChanges) return { ranges: [] };
  const rows = await session.rows<{ currency: string; f: string; t: string | null }>(
    `SELECT currency, strftime(_from, '%m-%d') AS f, strftime(_to, '%m-%d') AS t FROM '${output.keyChanges.localPath}' ORDER BY ALL`,
  );
  const { from, to } = output.keyChanges;
  return {
    ranges: rows.map((r) => `${r.currency} ${r.f} ${r.t}`),
    from: from.slice(5, 10),
    to: to?.slice(5, 10) ?? null,
  };
}

test('a row changes what readers see from its day to the next row of its key, and no further', async () => {
  const table = new LocalTable();
  expect(
    await change(table, byDay, ['USD', '2026-11-02', 1], ['USD', '2026-11-05', 2], ['GBP', '2026-11-03', 3]),
  ).toEqual({
    ranges: ['GBP 11-03 null', 'USD 11-02 11-05', 'USD 11-05 null'],
    from: '11-02',
    to: null,
  });
  // A correction, and a rate that arrives between two others.
  expect(await change(table, byDay, ['USD', '2026-11-02', 1.5])).toEqual({
    ranges: ['USD 11-02 11-05'],
    from: '11-02',
    to: '11-05',
  });
  expect(await change(table, byDay, ['USD', '2026-11-04', 9])).toEqual({
    ranges: ['USD 11-04 11-05'],
    from: '11-04',
    to: '11-05',
  });
});

test('where the key has one row, its change holds for ever, from its old day and from its new one', async () => {
  const table = new LocalTable();
  await change(table, single, ['USD', '2026-11-02', 1]);
  expect(await change(table, single, ['USD', '2026-11-04', 1])).toEqual({
    ranges: ['USD 11-02 null', 'USD 11-04 null'],
    from: '11-02',
    to: null,
  });
});
