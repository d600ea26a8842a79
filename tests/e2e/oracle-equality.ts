import { expect } from 'vitest';
import { pipelineNamed } from '../../core/graph.ts';
import { publishedName, publishedOf } from '../../core/published.ts';
import { referenceAudits } from '../models/references.ts';
import { type Company, PIPELINE } from './company.ts';
import type { LakeReader } from './lake-reader.ts';
import { type Ask, expectSameRows, type TextRow } from './text-rows.ts';

/** How many rows were compared, by table. */
export type Compared = Record<string, number>;

/** Of a pipeline of its own: the nightly neither makes nor changes them. */
const WEEKLY: readonly string[] = ['gold.customer_segmentation_summary'];

/**
 * Lake and warehouse hold exactly what the oracle computes from the sources, in every column: silver and gold in the lake,
 * gold in the warehouse.
 */
export async function expectOracle(
  company: Company,
  oracle: Readonly<Record<string, readonly TextRow[]>>,
): Promise<Compared> {
  const tables = Object.keys(oracle).filter((table) => company.tables.has(table));
  const compared: Compared = {};
  // Once: a lake on S3 is copied for each look.
  const lake = await company.lake();
  await company.withWarehouse(async (ask) => {
    for (const table of tables) {
      const expected = oracle[table]!;
      await expectInBoth(lake, ask, table, expected);
      compared[table] = expected.length;
      if (!LATE.includes(table)) expect(expected.length, `${table} has rows`).toBeGreaterThan(0);
    }
  });
  const derived = (await lake.tables()).filter((table) => /^(silver|gold)\./.test(table) && !WEEKLY.includes(table));
  // Where nothing ever came, no table was made.
  const made = tables.filter((table) => oracle[table]!.length > 0 || derived.includes(table));
  expect(derived, 'every table of silver and gold has an oracle').toEqual(made.sort());
  return compared;
}

/** What comes days after its payment: it may not have come yet. */
const LATE: readonly string[] = ['silver.refund', 'silver.dispute', 'gold.fact_refund'];

/** One table in the lake, and of gold in the warehouse too. */
export async function expectTable(company: Company, table: string, expected: readonly TextRow[]): Promise<void> {
  const lake = await company.lake();
  await company.withWarehouse((ask) => expectInBoth(lake, ask, table, expected));
}

async function expectInBoth(lake: LakeReader, ask: Ask, table: string, expected: readonly TextRow[]): Promise<void> {
  const inLake = await lake.rows(table);
  expectSameRows(`${table} in the lake`, inLake.map(withoutOurs), expected);
  if (!table.startsWith('gold.')) return;
  const shown = await ask(`SELECT * FROM dev.${publishedName(table)}`);
  expectSameRows(`${table} in the warehouse`, shown, expected);
}

/** Without the columns that Strata adds. */
const withoutOurs = (row: TextRow): TextRow =>
  Object.fromEntries(Object.entries(row).filter(([column]) => !column.startsWith('_')));

/** Every declared reference of what is published points at a row. */
export async function expectKnownKeys(company: Company): Promise<void> {
  const published = publishedOf(pipelineNamed(company.project, PIPELINE));
  const audits = referenceAudits(published, (name) => `dev.${publishedName(name)}`);
  expect(audits.length).toBeGreaterThan(5);
  const questions = audits.map(({ reference, sql }) => `SELECT '${reference}' AS reference, orphans FROM (${sql})`);
  const found = await company.warehouse(questions.join(' UNION ALL '));
  expect(found.filter(({ orphans }) => orphans !== '0')).toEqual([]);
}
