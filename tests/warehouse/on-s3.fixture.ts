import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Address } from '../../services/service.types.ts';
import type { Publication } from '../../warehouse/warehouse.ts';
import { freshName } from '../servers.fresh.ts';
import { difference } from './company.fixture.ts';

/** The first three cuts' files of `sales` on S3, as one publication. */
export async function onS3(s3: S3Address, files: string): Promise<Publication> {
  const prefix = freshName('warehouse');
  const { endpoint, region, accessKeyId, secretAccessKey, bucket } = s3;
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  for (const name of await readdir(files)) {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: `${prefix}/${name}`,
        Body: await readFile(join(files, name)),
      }),
    );
  }
  client.destroy();
  const publication = difference(files, 'sales', null, 3);
  const moved = (uri: string) => `s3://${bucket}/${prefix}/${uri.split('/').at(-1)}`;
  const tables = publication.tables.map((t) => ({
    ...t,
    replacePartitions: t.replacePartitions.map((p) => ({ ...p, uris: p.uris.map(moved) })),
  }));
  return { ...publication, tables };
}
