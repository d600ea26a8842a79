import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resolveDuckdbExtensions } from '../../services/duckdb.extensions.ts';
import { openDuckdbWarehouse } from '../../warehouse/duckdb-warehouse.ts';
import { describeWith } from '../servers.ts';
import { dimAt, factAt, SESSION, writeFiles } from './company.fixture.ts';
import { onS3 } from './on-s3.fixture.ts';
import { readWarehouse } from './read-warehouse.ts';

const extensions = await resolveDuckdbExtensions({ names: ['httpfs'] });
const httpfs = extensions.found.includes('httpfs');

await describeWith(['s3'], 'publishing from S3', ({ s3 }) => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-warehouse-s3-'));
    await writeFiles(join(folder, 'files'), 'sales', 3);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.skipIf(!httpfs)(`reads s3:// addresses${httpfs ? '' : ` (skipped: ${extensions.missing.httpfs})`}`, async () => {
    const path = join(folder, 'analytics.duckdb');
    const warehouse = await openDuckdbWarehouse({
      path,
      schema: 'dev',
      session: { ...SESSION, s3, extensionsDirectory: extensions.folder },
    });
    await warehouse.publish(await onS3(s3, join(folder, 'files')));
    const { tables } = await readWarehouse(path);
    expect([...tables.fact_sales!].sort()).toEqual(
      factAt('sales', 3)
        .map((row) => row.map((v) => v ?? '').join('|'))
        .sort(),
    );
    expect(tables.dim_sales).toEqual([`1|${dimAt('sales', 3)}`]);
  });

  it('says what is missing where DuckDB cannot read from S3', async () => {
    const warehouse = await openDuckdbWarehouse({ path: join(folder, 'none.duckdb'), schema: 'dev', session: SESSION });
    await expect(warehouse.publish(await onS3(s3, join(folder, 'files')))).rejects.toMatchObject({
      code: 'bad_settings',
      message: expect.stringContaining('S3'),
    });
  });
});
