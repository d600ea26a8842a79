import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { loadCredentials } from './credentials.file.ts';
import { HOST } from './port.check.ts';
import { findVersitygw } from './s3.program.ts';
import type { ServerPlan } from './server.plan.ts';
import type { ServiceContext } from './service.context.ts';
import type { S3Address } from './service.types.ts';

const BUCKET = 'strata';
const REGION = 'us-east-1';

/** A real S3 server (versitygw) over a folder, with conditional writes and the bucket `strata`. */
export async function planS3(context: ServiceContext, ports: { s3: number }): Promise<ServerPlan<'s3'>> {
  const program = await findVersitygw(context);
  const folder = join(context.dataDir, 's3');
  mkdirSync(folder, { recursive: true });
  const { s3AccessKeyId, s3SecretAccessKey } = loadCredentials(context.dataDir);
  const address: S3Address = {
    endpoint: `http://${HOST}:${ports.s3}`,
    region: REGION,
    bucket: BUCKET,
    accessKeyId: s3AccessKeyId,
    secretAccessKey: s3SecretAccessKey,
  };
  return {
    label: program.label,
    address: { s3: address },
    launch: {
      name: 's3',
      command: program.command,
      args: [...program.args, '--port', `${HOST}:${ports.s3}`, '--region', REGION, '--quiet', 'posix', folder],
      // Keys as arguments could be read by every user of the machine.
      env: { ROOT_ACCESS_KEY: s3AccessKeyId, ROOT_SECRET_KEY: s3SecretAccessKey },
      ports: [{ port: ports.s3, setting: 'STRATA_DEV_S3_PORT' }],
      stopSignal: 'SIGTERM',
      readyTimeoutMs: 30_000,
      ready: () => ensureBucket(address),
    },
  };
}

async function ensureBucket(address: S3Address): Promise<void> {
  const { accessKeyId, secretAccessKey } = address;
  const client = new S3Client({
    endpoint: address.endpoint,
    region: address.region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 1,
  });
  const abortSignal = AbortSignal.timeout(5_000);
  try {
    await client.send(new HeadBucketCommand({ Bucket: address.bucket }), { abortSignal });
  } catch (error) {
    if ((error as { name?: string }).name !== 'NotFound') throw error;
    await client.send(new CreateBucketCommand({ Bucket: address.bucket }), { abortSignal });
  } finally {
    client.destroy();
  }
}
