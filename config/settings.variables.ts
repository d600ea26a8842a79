import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { z } from 'zod';
import { type Instant, instant } from '../core/instant.ts';

/** One setting: the variable that holds it, what is valid, what it is when nobody says. */
export interface Variable<T = unknown> {
  /** Other variables that mean the same, tried in order after the variable itself. */
  readonly also?: readonly string[];
  readonly schema: z.ZodType<T, string>;
  /** What is valid, for the message about a wrong value. */
  readonly valid: string;
  /** Text of the default; undefined: the setting may be absent. */
  readonly byDefault?: string;
  readonly secret?: boolean;
  readonly about: string;
}

const variable = <T>(definition: Variable<T>): Variable<T> => definition;

const count = z
  .string()
  .regex(/^[1-9]\d{0,5}$/)
  .transform(Number);
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const memory = z.string().regex(/^[1-9]\d*(\.\d+)?\s?([KMGT]i?B)$/);
const plain = z.string().min(1);
const moment = z.string().transform((text, context): Instant => {
  try {
    return instant(text);
  } catch {
    context.addIssue('not a moment');
    return z.NEVER;
  }
});
const httpUrl = z.url({ protocol: /^https?$/ });
const IDENTIFIER = 'a name of letters, digits and _';
const identifier = z.string().regex(/^[A-Za-z_]\w*$/);
const lakeUri = z.string().regex(/^(file:\/\/\/.+|s3:\/\/[a-z0-9][a-z0-9.-]+(\/.*)?)$/);

/** Small builds are mostly waiting; large ones share the processors anyway. */
const buildsByDefault = Math.max(2, availableParallelism());
/** Half of the machine for all builds together: extractions, Node itself and other programs have the rest. */
const memoryByDefault = `${Math.max(512, Math.floor(totalmem() / 2 / buildsByDefault / 1024 ** 2))}MB`;

/** Every setting with one name; sources and warehouses are named by their users, see settings.connections.ts. */
export const VARIABLES = {
  STRATA_ENV: variable({
    schema: z.enum(['dev', 'staging', 'prod']),
    valid: 'dev, staging or prod',
    byDefault: 'dev',
    about: 'Separates lake prefix, queues, workflow ids and warehouse schema',
  }),
  STRATA_PROJECT: variable({
    schema: plain,
    valid: 'path of a TypeScript or JavaScript file whose default export is project({...})',
    byDefault: 'config/project.ts',
    about: 'What is served: pipelines and the folder of their SQL',
  }),
  STRATA_LAKE: variable({
    schema: lakeUri,
    valid: 'file:///absolute/folder or s3://bucket/prefix',
    byDefault: '.strata/lake below the working folder',
    about: 'Where the lake is',
  }),
  STRATA_S3_ENDPOINT: variable({
    also: ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'],
    schema: httpUrl,
    valid: 'http://host:port or https://host',
    about: 'S3 server, where it is not AWS',
  }),
  STRATA_S3_REGION: variable({
    also: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
    schema: plain,
    valid: 'a region such as eu-west-1',
    byDefault: 'us-east-1',
    about: 'Region of the bucket',
  }),
  STRATA_S3_ACCESS_KEY_ID: variable({
    also: ['AWS_ACCESS_KEY_ID'],
    schema: plain,
    valid: 'an access key id',
    about: 'S3 credentials',
  }),
  STRATA_S3_SECRET_ACCESS_KEY: variable({
    also: ['AWS_SECRET_ACCESS_KEY'],
    schema: plain,
    valid: 'the secret of the access key',
    secret: true,
    about: 'S3 credentials',
  }),
  STRATA_TEMPORAL_ADDRESS: variable({
    also: ['TEMPORAL_ADDRESS'],
    schema: z.string().regex(/^[^\s:/]+:\d{1,5}$/),
    valid: 'host:port',
    byDefault: '127.0.0.1:7233',
    about: 'Front end of the Temporal cluster',
  }),
  STRATA_TEMPORAL_NAMESPACE: variable({
    also: ['TEMPORAL_NAMESPACE'],
    schema: plain,
    valid: 'the name of a Temporal namespace',
    byDefault: 'default',
    about: 'Temporal namespace',
  }),
  STRATA_TEMPORAL_TLS: variable({
    schema: flag,
    valid: 'true or false',
    byDefault: 'false',
    about: 'Speak TLS with Temporal (Temporal Cloud wants it)',
  }),
  STRATA_TEMPORAL_API_KEY: variable({
    also: ['TEMPORAL_API_KEY'],
    schema: plain,
    valid: 'an API key of Temporal Cloud; it needs STRATA_TEMPORAL_TLS=true',
    secret: true,
    about: 'Temporal credentials',
  }),
  STRATA_DUCKDB_MEMORY: variable({
    schema: memory,
    valid: 'a number and a unit: 512MB, 4GB, 2GiB',
    byDefault: memoryByDefault,
    about: 'Memory limit of one build; beyond it DuckDB uses the disk',
  }),
  STRATA_DUCKDB_THREADS: variable({
    schema: count,
    valid: 'a whole number from 1',
    byDefault: String(availableParallelism()),
    about: 'Threads of one build',
  }),
  STRATA_DUCKDB_EXTENSIONS: variable({
    schema: plain,
    valid: 'a folder with <name>.duckdb_extension files',
    about: 'DuckDB extensions (postgres_scanner, httpfs); without them slower paths are used',
  }),
  STRATA_TEMP: variable({
    schema: plain,
    valid: 'a folder that can be written, with room for the largest build',
    byDefault: tmpdir(),
    about: 'Staged files and what DuckDB cannot keep in memory',
  }),
  STRATA_BUILDS: variable({
    schema: count,
    valid: 'a whole number from 1',
    byDefault: String(buildsByDefault),
    about: 'Builds at once in one worker',
  }),
  STRATA_EXTRACTIONS: variable({
    schema: count,
    valid: 'a whole number from 1',
    byDefault: '2',
    about: 'Extractions at once in one worker; backfills have as many of their own',
  }),
  STRATA_TRAININGS: variable({
    schema: count,
    valid: 'a whole number from 1',
    byDefault: '2',
    about: 'Trainings at once in one worker; they share the processors',
  }),
  STRATA_BATCH_PARTITIONS: variable({
    schema: count,
    valid: 'a whole number from 1',
    byDefault: '31',
    about: 'Days of bronze that converge takes on before the next cut',
  }),
  STRATA_SNOWFLAKE_ACCOUNT: variable({
    schema: plain,
    valid: 'an account identifier such as myorg-myaccount',
    about: 'Snowflake account, for warehouses that are `snowflake`',
  }),
  STRATA_SNOWFLAKE_USER: variable({
    schema: plain,
    valid: 'the name of a user with a public key',
    about: 'Snowflake user that loads',
  }),
  STRATA_SNOWFLAKE_PRIVATE_KEY_PATH: variable({
    schema: plain,
    valid: 'a file with a private key in PKCS#8 (PEM)',
    about: 'Key pair authentication',
  }),
  STRATA_SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: variable({
    schema: plain,
    valid: 'the passphrase of the private key',
    secret: true,
    about: 'Only for an encrypted private key',
  }),
  STRATA_SNOWFLAKE_ROLE: variable({
    schema: identifier,
    valid: IDENTIFIER,
    about: 'Role of the session; docs/warehouse.md lists its grants',
  }),
  STRATA_SNOWFLAKE_WAREHOUSE: variable({
    schema: identifier,
    valid: IDENTIFIER,
    about: 'Virtual warehouse that loads and queries',
  }),
  STRATA_SNOWFLAKE_DATABASE: variable({
    schema: identifier,
    valid: IDENTIFIER,
    about: 'Database of the published tables',
  }),
  STRATA_SNOWFLAKE_SCHEMA: variable({
    schema: identifier,
    valid: IDENTIFIER,
    about: 'Schema of the published tables; left out: the environment (`DEV`, `PROD`)',
  }),
  STRATA_SNOWFLAKE_STAGE: variable({
    schema: z.string().regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*\.[A-Za-z_]\w*)?$/),
    valid: 'the name of a stage, or DATABASE.SCHEMA.STAGE for one that exists',
    about: 'Stage that files are loaded through; left out: one that Strata makes',
  }),
  STRATA_SNOWFLAKE_STAGE_URL: variable({
    schema: z.string().regex(/^(s3|file):\/\/.+\/$/),
    valid: 's3://bucket/prefix/ with a slash at the end',
    about: 'Where an external stage points: files of the lake below it are loaded from where they are',
  }),
  STRATA_SNOWFLAKE_STORAGE_INTEGRATION: variable({
    schema: identifier,
    valid: IDENTIFIER,
    about: 'Lets Strata make the external stage',
  }),
  STRATA_SNOWFLAKE_URL: variable({
    schema: httpUrl,
    valid: 'https://host or http://127.0.0.1:port',
    about: 'Private link, or the stand-in; left out: by the account',
  }),
  STRATA_NOW: variable({
    schema: moment,
    valid: 'a UTC date like 2026-11-15, or an instant like 2026-11-15T02:00:00Z',
    about: 'What time it is for data that lives in simulated time; left out: the clock of the machine',
  }),
} as const;

export type VariableName = keyof typeof VARIABLES;
export type VariableValue<N extends VariableName> = z.output<(typeof VARIABLES)[N]['schema']>;
