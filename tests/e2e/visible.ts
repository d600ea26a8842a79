import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect } from 'vitest';
import { accountFor, MERGED } from './accounting.ts';
import type { Company } from './company.ts';
import { figure } from './figures.ts';
import { expectKnownKeys, expectOracle } from './oracle-equality.ts';
import type { TextRow } from './text-rows.ts';

/** Name of a file -> hash of its bytes. */
export interface Seen {
  /** Every log, every cut, the warehouse and its markers: all that readers go by. */
  readonly logs: Readonly<Record<string, string>>;
  /** Everything else in the lake: files that logs name, and some that nobody does. */
  readonly data: Readonly<Record<string, string>>;
}

export async function visible(company: Company): Promise<Seen> {
  const { root } = await company.lake();
  const seen = { logs: {} as Record<string, string>, data: {} as Record<string, string> };
  for (const name of filesIn(root)) {
    const log = /\/_delta_log\/|^_strata\/cuts\//.test(name);
    seen[log ? 'logs' : 'data'][name] = digestOf(join(root, name));
  }
  for (const name of filesIn(company.folder)) {
    if (/^analytics\.(duckdb$|cuts\/)/.test(name)) seen.logs[name] = digestOf(join(company.folder, name));
  }
  return seen;
}

/** Nothing that readers go by has come, gone or changed, and no file that they may be reading. */
export function expectUnchanged(before: Seen, after: Seen): void {
  expect(after.logs).toEqual(before.logs);
  const kept = Object.fromEntries(Object.keys(before.data).map((name) => [name, after.data[name]]));
  expect(kept).toEqual(before.data);
}

const filesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    : [];

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
  for (const silver of Object.keys(MERGED)) {
    if (company.tables.has(silver)) observations += (await accountFor(lake, silver)).observations;
  }
  const rows = Object.values(compared).reduce((sum, n) => sum + n, 0);
  figure(what, `${rows} rows equal the oracle, ${observations} observations accounted for`);
  expect(rows).toBeGreaterThan(0);
}
