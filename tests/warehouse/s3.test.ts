import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resolveDuckdbExtensions } from '../../services/duckdb.extensions.ts';
import { openDuckdbWarehouse } from '../../warehouse/duckdb-warehouse.ts';
import type { Publication } from '../../warehouse/warehouse.ts';
import { freshName } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { difference, dimAt, factAt, SESSION, writeFiles } from './company.fixture.ts';
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

  async function onS3(): Promise<Publication> {
    const prefix = freshName('warehouse');
    const { endpoint, region, accessKeyId, secretAccessKey, bucket } = s3;
    const client = new S3Client({
      endpoint,
      region,
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
    for (const name of await readdir(join(folder, 'files'))) {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: `${prefix}/${name}`,
          Body: await readFile(join(folder, 'files', name)),
        }),
      );
    }
    client.destroy();
    const publication = difference(join(folder, 'files'), 'sales', null, 3);
    const moved = (uri: string) => `s3://${bucket}/${prefix}/${uri.split('/').at(-1)}`;
    const tables = publication.tables.map((t) => ({
      ...t,
      replacePartitions: t.replacePartitions.map((p) => ({ ...p, uris: p.uris.map(moved) })),
    }));
    return { ...publication, tables };
  }

  it.skipIf(!httpfs)(`reads s3:// addresses${httpfs ? '' : ` (skipped: ${extensions.missing.httpfs})`}`, async () => {
    const path = join(folder, 'analytics.duckdb');
    const warehouse = await openDuckdbWarehouse({
      path,
      schema: 'dev',
      session: { ...SESSION, s3, extensionsDirectory: extensions.folder },
    });
    await warehouse.publish(await onS3());
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
    await expect(warehouse.publish(await onS3())).rejects.toMatchObject({
      code: 'bad_settings',
      message: expect.stringContaining('S3'),
    });
  });
});
