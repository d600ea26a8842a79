import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { downloadProgram } from './archive.download.ts';
import { runCommand } from './command.run.ts';
import { loadCredentials } from './credentials.file.ts';
import { buildWithGo } from './go.build.ts';
import { HOST } from './port.check.ts';
import { isProgram, onPath, searchProgram } from './program.search.ts';
import type { ServerPlan } from './server.plan.ts';
import type { ServiceContext } from './service.context.ts';
import type { Program, S3Address } from './service.types.ts';

const VERSION = '1.8.0';
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
      ports: [{ port: ports.s3, setting: 'STRATA_S3_PORT' }],
      stopSignal: 'SIGTERM',
      readyTimeoutMs: 30_000,
      ready: () => ensureBucket(address),
    },
  };
}

async function findVersitygw(context: ServiceContext): Promise<Program> {
  const cached = join(context.cacheDir, 'bin', `versitygw-${VERSION}`);
  const label = (from: string) => `versitygw ${VERSION} (${from})`;
  const os = process.platform === 'darwin' ? 'Darwin' : 'Linux';
  const archive = `versitygw_v${VERSION}_${os}_${process.arch === 'x64' ? 'x86_64' : process.arch}.tar.gz`;
  const url = `https://github.com/versity/versitygw/releases/download/v${VERSION}/${archive}`;
  return searchProgram({
    about: 's3',
    cacheDir: context.cacheDir,
    report: context.report,
    install: 'Set S3_ENDPOINT and its keys, put versitygw on PATH, or install Go and run again.',
    ways: [
      { how: 'PATH', obtain: async () => fromPath() },
      {
        how: 'cache',
        obtain: async () => (isProgram(cached) ? { command: cached, args: [], label: label('cache') } : undefined),
      },
      {
        how: `downloading versitygw ${VERSION}`,
        slow: true,
        obtain: async (progress) => {
          const command = await downloadProgram({ url, program: 'versitygw' }, cached, progress);
          return { command, args: [], label: label('download') };
        },
      },
      {
        how: `building versitygw ${VERSION} with Go (a minute, once)`,
        slow: true,
        obtain: async (progress) => {
          const module = `github.com/versity/versitygw/cmd/versitygw@v${VERSION}`;
          const command = await buildWithGo(module, cached, progress);
          return command ? { command, args: [], label: label('built with Go') } : undefined;
        },
      },
    ],
  });
}

async function fromPath(): Promise<Program | undefined> {
  const command = onPath('versitygw');
  if (!command) return undefined;
  const { stdout } = await runCommand(command, ['--help'], { timeoutMs: 20_000 });
  if (!stdout.includes('posix')) throw new Error(`${command} is no Versity gateway`);
  return { command, args: [], label: 'versitygw (PATH)' };
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
