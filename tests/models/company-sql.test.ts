import { afterAll, beforeAll, expect, it } from 'vitest';
import projectDefinition from '../../config/project.ts';
import type { DerivedDataset } from '../../core/dataset.ts';
import { datasetsOf } from '../../core/graph.ts';
import { type CompanySources, openCompanySources } from '../e2e/company.sources.ts';
import { expectSameRows, type TextRow } from '../e2e/text-rows.ts';
import { oracleSegmentation } from '../oracle/segmentation.oracle.ts';
import { describeWith } from '../servers.ts';
import { type CompanyTables, companyTables } from './company.duckdb.ts';
import { referenceAudits } from './references.ts';

const datasets = datasetsOf(projectDefinition);
const derived = datasets.filter((d): d is DerivedDataset => d.kind === 'derived');
const audits = referenceAudits(datasets, (name) => `"${name}"`);

await describeWith(['postgres', 'mongodb'], 'the SQL over the whole company', (addresses) => {
  let sources: CompanySources;
  let tables: CompanyTables;
  let oracle: Readonly<Record<string, readonly TextRow[]>>;

  beforeAll(async () => {
    sources = await openCompanySources(addresses, { rowsPerDay: 200 });
    await sources.live(20);
    oracle = {
      ...(await sources.oracle()),
      'gold.customer_segmentation_summary': await oracleSegmentation(sources.client),
    };
    tables = await companyTables(datasets, sources.client, sources.db);
  }, 180_000);

  afterAll(async () => {
    await tables?.[Symbol.asyncDispose]();
    await sources?.close();
  });

  it.each(audits)('$reference is in its dimension', async ({ sql }) => {
    expect(await tables.session.value(sql)).toBe(0n);
  });

  it.each(derived)('$name equals the oracle', async (dataset) => {
    const expected = oracle[dataset.name];
    expect(expected, `${dataset.name} has an oracle`).toBeDefined();
    expectSameRows(dataset.name, await tables.rows(dataset), expected!);
  });
});
