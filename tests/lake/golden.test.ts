import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { LEDGER_FORMAT } from '../../core/ledger.ts';
import { FileStore } from '../../lake/file-store.ts';
import { loadLedgers } from '../../lake/load-ledgers.ts';
import { openTable } from '../../lake/table.ts';
import type { TableState } from '../../lake/table-state.ts';
import { tempFolder } from './fixtures.ts';
import { plainState } from './plain-state.ts';

const golden = fileURLToPath(new URL('../golden', import.meta.url));
const formats = (await readdir(golden)).filter((name) => name.startsWith('ledger-format-')).sort();

test('every ledger format up to the present one has a golden lake', () => {
  expect(formats).toEqual(Array.from({ length: LEDGER_FORMAT }, (_, i) => `ledger-format-${i + 1}`));
});

describe.each(formats)('the golden lake of %s', (format) => {
  const copy = async () => {
    const folder = await tempFolder();
    await cp(join(golden, format, 'lake'), folder, { recursive: true });
    const text = await readFile(join(golden, format, 'expected.json'), 'utf8');
    return { folder, expected: JSON.parse(text) as (Partial<TableState> & { version: number })[] };
  };
  // What JSON cannot hold is left out of what was expected.
  const seen = (state: TableState) => JSON.parse(JSON.stringify(plainState(state)));

  test('is read by checkpoints', async () => {
    const { folder, expected } = await copy();
    for (const state of expected) {
      const table = openTable(new FileStore(folder), 'dev', 'silver.payment');
      expect(seen(await table.loadAt(state.version))).toMatchObject(state);
    }
  });

  test('is read by the log alone', async () => {
    const { folder, expected } = await copy();
    await rm(join(folder, 'dev/silver/payment/_strata'), { recursive: true });
    for (const state of expected) {
      const table = openTable(new FileStore(folder), 'dev', 'silver.payment');
      expect(seen(await table.loadAt(state.version))).toMatchObject(state);
    }
  });

  test('is read for planning', async () => {
    const { folder, expected } = await copy();
    const table = openTable(new FileStore(folder), 'dev', 'silver.payment');
    const ledger = (await loadLedgers([table])).get('silver.payment');
    expect(ledger?.version).toBe(expected.at(-1)?.version);
    expect(Object.fromEntries(ledger?.partitions ?? [])).toEqual(
      Object.fromEntries(expected.at(-1)?.ledger?.partitions ?? []),
    );
  });
});
