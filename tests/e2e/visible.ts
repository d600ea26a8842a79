import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { accountFor, MERGED } from './accounting.ts';
import type { Company } from './company.ts';
import { figure } from './figures.ts';
import { expectKnownKeys, expectOracle } from './oracle-equality.ts';
import type { TextRow } from './text-rows.ts';

/** Name of a file -> hash of its bytes: of every log, every cut, the warehouse and its markers. All that readers go by. */
export async function visible(company: Company): Promise<Record<string, string>> {
  const { root } = await company.lake();
  const seen: Record<string, string> = {};
  for (const [folder, kept] of [
    [root, /\/_delta_log\/|^_strata\/cuts\//],
    [company.folder, /^analytics\.(duckdb$|cuts\/)/],
  ] as const) {
    if (!existsSync(folder)) continue;
    for (const name of (readdirSync(folder, { recursive: true }) as string[]).filter((file) => kept.test(file))) {
      if (/(\.json|\.parquet|\.duckdb|_last_checkpoint)$/.test(name)) seen[name] = digestOf(join(folder, name));
    }
  }
  return seen;
}

const digestOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Whatever has happened: every table that has a log can be read whole, and the warehouse, if there is one. @returns rows by table */
export async function expectReadable(company: Company): Promise<Record<string, number>> {
  const rows: Record<string, number> = {};
  const lake = await company.lake();
  if (!existsSync(lake.root)) return rows;
  for (const table of await lake.tables()) rows[table] = (await lake.rows(table)).length;
  if (existsSync(join(company.folder, 'analytics.duckdb'))) await expectKnownKeys(company);
  return rows;
}

/** Equal to the oracle in every column, and every observation accounted for. Prints how much was compared. */
export async function expectRight(
  company: Company,
  what: string,
  oracle?: Readonly<Record<string, readonly TextRow[]>>,
): Promise<void> {
  const compared = await expectOracle(company, oracle ?? (await company.sources.oracle()));
  await expectKnownKeys(company);
  const lake = await company.lake();
  let observations = 0;
  for (const silver of Object.keys(MERGED)) observations += (await accountFor(lake, silver)).observations;
  const rows = Object.values(compared).reduce((sum, n) => sum + n, 0);
  figure(what, `${rows} rows equal the oracle, ${observations} observations accounted for`);
  expect(rows).toBeGreaterThan(0);
}
