import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { inParallel } from '../../lake/parallel.ts';
import type { S3Address } from '../../services/service.types.ts';

const AT_ONCE = 16;

/** Copies everything below a prefix into a folder, with Amazon's client and not Strata's store. */
export async function mirror(address: S3Address, prefix: string, folder: string): Promise<void> {
  const { endpoint, region, bucket: Bucket, accessKeyId, secretAccessKey } = address;
  const client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  try {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix: `${prefix}/` })) {
      const keys = Contents.map(({ Key }) => Key!);
      await inParallel(keys, AT_ONCE, async (Key) => {
        const path = join(folder, Key.slice(prefix.length + 1));
        // Pins come and go while a look for drift goes on; a data file that is missing fails whoever reads the copy.
        const found = await client.send(new GetObjectCommand({ Bucket, Key })).catch((error: Error) => {
          if (error.name !== 'NoSuchKey') throw error;
        });
        if (!found) return;
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, await found.Body!.transformToByteArray());
      });
    }
  } finally {
    client.destroy();
  }
}
