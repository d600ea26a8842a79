import { resolve } from 'node:path';
import { StrataError } from '../core/errors.ts';
import { defaultCacheDir } from './cache.folder.ts';
import { DEFAULT_PORTS, type S3Address, type ServiceAddresses, type ServicePorts } from './service.types.ts';

/** What the environment says about the development servers; the platform's own settings are config/'s. */
export interface ServicesEnvironment {
  /** STRATA_DATA; default `.strata` below the working folder. */
  dataDir: string;
  /** STRATA_CACHE; default `strata` in the user's cache folder. */
  cacheDir: string;
  /** STRATA_DEV_<SERVER>_PORT; 0 picks a free one. */
  ports: ServicePorts;
  /** Servers that run elsewhere. */
  configured: Partial<ServiceAddresses>;
}

type Variables = Readonly<Record<string, string | undefined>>;

export function readServicesEnvironment(env: Variables = process.env, cwd = process.cwd()): ServicesEnvironment {
  const port = (name: string, byDefault: number) => readPort(env, `STRATA_DEV_${name}_PORT`, byDefault);
  return {
    dataDir: resolve(cwd, env.STRATA_DATA || '.strata'),
    cacheDir: defaultCacheDir(env),
    ports: {
      temporal: port('TEMPORAL', DEFAULT_PORTS.temporal),
      temporalUi: port('TEMPORAL_UI', DEFAULT_PORTS.temporalUi),
      postgres: port('POSTGRES', DEFAULT_PORTS.postgres),
      mongodb: port('MONGODB', DEFAULT_PORTS.mongodb),
      s3: port('S3', DEFAULT_PORTS.s3),
      snowflake: port('SNOWFLAKE', DEFAULT_PORTS.snowflake),
    },
    configured: readConfigured(env),
  };
}

function readConfigured(env: Variables): Partial<ServiceAddresses> {
  const temporal = env.STRATA_TEMPORAL_ADDRESS || env.TEMPORAL_ADDRESS;
  const temporalUi = env.STRATA_DEV_TEMPORAL_UI_URL;
  const postgresUrl = env.STRATA_DEV_POSTGRES_URL || env.POSTGRES_URL;
  const mongodbUrl = env.STRATA_DEV_MONGODB_URL || env.MONGODB_URL;
  const s3 = readS3(env);
  return {
    ...(temporal ? { temporal } : {}),
    ...(temporalUi ? { temporalUi } : {}),
    ...(postgresUrl ? { postgresUrl } : {}),
    ...(mongodbUrl ? { mongodbUrl } : {}),
    ...(s3 ? { s3 } : {}),
  };
}

/** AWS's own variables are not looked at: a developer's cloud keys must never turn into a development server. */
function readS3(env: Variables): S3Address | undefined {
  const endpoint = env.STRATA_S3_ENDPOINT;
  if (!endpoint) return undefined;
  const [accessKeyId, secretAccessKey] = [env.STRATA_S3_ACCESS_KEY_ID, env.STRATA_S3_SECRET_ACCESS_KEY];
  if (!accessKeyId || !secretAccessKey) {
    throw new StrataError('bad_settings', 'STRATA_S3_ENDPOINT is set, but its keys are not', {
      hint: 'Set STRATA_S3_ACCESS_KEY_ID and STRATA_S3_SECRET_ACCESS_KEY too, or unset STRATA_S3_ENDPOINT.',
    });
  }
  const region = env.STRATA_S3_REGION || 'us-east-1';
  return { endpoint, region, bucket: env.STRATA_DEV_S3_BUCKET || 'strata', accessKeyId, secretAccessKey };
}

function readPort(env: Variables, name: string, byDefault: number): number {
  const text = env[name];
  if (!text) return byDefault;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new StrataError('bad_settings', `${name} is ${JSON.stringify(text)}, which is no port`, {
    where: name,
    hint: 'Give a number from 1 to 65535, or 0 for any free port.',
  });
}
