import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StrataError } from '../core/errors.ts';
import { type Instant, instantFromMillis } from '../core/instant.ts';
import { Secret } from './secret.ts';
import {
  isConnectionVariable,
  type Problem,
  type SourceSetting,
  sourceSettings,
  type WarehouseSetting,
  warehouseSettings,
} from './settings.connections.ts';
import { readDevSettings } from './settings.dev.ts';
import { type SnowflakeSettings, snowflakeSettings } from './settings.snowflake.ts';
import { VARIABLES, type VariableName, type VariableValue } from './settings.variables.ts';
import { isWebhookVariable, webhookSettings } from './settings.webhooks.ts';

export interface S3Settings {
  /** Without it, AWS. */
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
}

/** Everything a process must be told; read once, at its start, and handed down. */
export interface Settings {
  readonly env: 'dev' | 'staging' | 'prod';
  /** Folder that relative paths start from. */
  readonly cwd: string;
  /** Absolute path of the project file. */
  readonly project: string;
  readonly lake: { readonly uri: string; readonly s3: S3Settings | undefined };
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly tls: boolean;
    readonly apiKey: Secret | undefined;
  };
  readonly sources: Readonly<Record<string, SourceSetting>>;
  readonly warehouses: Readonly<Record<string, WarehouseSetting>>;
  /** Who is told what a retraining does. */
  readonly webhooks: Readonly<Record<string, Secret>>;
  /** Set where a warehouse is Snowflake. */
  readonly snowflake: SnowflakeSettings | undefined;
  readonly duckdb: {
    readonly memoryLimit: string;
    readonly threads: number;
    readonly extensionsDirectory: string | undefined;
  };
  readonly temp: string;
  readonly builds: number;
  readonly extractions: number;
  readonly trainings: number;
  readonly batchPartitions: number;
  /** A simulated time; undefined: the clock of the machine. Ask {@link nowOf}. */
  readonly now: Instant | undefined;
  /** STRATA_ variables that mean nothing, probably misspelt. */
  readonly unknown: readonly string[];
}

export interface LoadOptions {
  /** Default: the process's environment. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Default: the working folder. */
  cwd?: string;
  /** Variables given as flags of a command; they win over the environment. */
  flags?: Readonly<Record<string, string | undefined>>;
  /** False: without what `strata dev` left. Default true. */
  dev?: boolean;
}

/** Whether to show stack traces, known before any setting is read. */
export const wantsStackTraces = (): boolean => Boolean(process.env.DEBUG);

/** Read by the development servers, not by the platform. */
const ELSEWHERE = /^STRATA_(CACHE|DATA|DEV_|DEMO_|TEST_)/;

/**
 * Reads all settings: flags first, then the environment, then what `strata dev` left in `.strata/dev.json`, then defaults.
 * @throws bad_settings that lists every wrong setting with its valid values; secrets are never part of it.
 */
export function loadSettings(options: LoadOptions = {}): Settings {
  const cwd = options.cwd ?? process.cwd();
  const given = {
    ...(options.dev === false ? {} : readDevSettings(cwd)),
    ...present(options.env ?? process.env),
    ...present(options.flags ?? {}),
  };
  const problems: Problem[] = [];
  const read = <N extends VariableName>(name: N) => readVariable(name, given, problems);
  const lake = lakeSettings(cwd, read, problems);
  const apiKey = read('STRATA_TEMPORAL_API_KEY');
  const tls = read('STRATA_TEMPORAL_TLS');
  if (apiKey !== undefined && tls === false) {
    problems.push({ variable: 'STRATA_TEMPORAL_TLS', problem: 'must be true where STRATA_TEMPORAL_API_KEY is set' });
  }
  const extensions = read('STRATA_DUCKDB_EXTENSIONS');
  const warehouses = warehouseSettings(given, cwd, problems);
  const settings = {
    env: read('STRATA_ENV'),
    cwd,
    project: resolve(cwd, read('STRATA_PROJECT') ?? ''),
    lake,
    temporal: {
      address: read('STRATA_TEMPORAL_ADDRESS'),
      namespace: read('STRATA_TEMPORAL_NAMESPACE'),
      tls,
      apiKey: apiKey === undefined ? undefined : new Secret(apiKey),
    },
    sources: sourceSettings(given, problems),
    warehouses,
    snowflake: Object.values(warehouses).some(({ kind }) => kind === 'snowflake')
      ? snowflakeSettings(cwd, read, problems)
      : undefined,
    webhooks: webhookSettings(given, problems),
    duckdb: {
      memoryLimit: read('STRATA_DUCKDB_MEMORY'),
      threads: read('STRATA_DUCKDB_THREADS'),
      extensionsDirectory: extensions === undefined ? undefined : resolve(cwd, extensions),
    },
    temp: resolve(cwd, read('STRATA_TEMP') ?? ''),
    builds: read('STRATA_BUILDS'),
    extractions: read('STRATA_EXTRACTIONS'),
    trainings: read('STRATA_TRAININGS'),
    batchPartitions: read('STRATA_BATCH_PARTITIONS'),
    now: read('STRATA_NOW'),
    unknown: unknownVariables(given),
  };
  if (problems.length > 0) throw wrongSettings(problems);
  // Without problems every setting that has a default has a value.
  return settings as Settings;
}

/** What time it is for the data: which dates are in the future, which interval is the last complete one. */
export const nowOf = (settings: Settings): Instant => settings.now ?? instantFromMillis(Date.now());

type Read = <N extends VariableName>(name: N) => VariableValue<N> | undefined;

function lakeSettings(cwd: string, read: Read, problems: Problem[]): { uri: string; s3: S3Settings | undefined } {
  const uri = read('STRATA_LAKE') ?? pathToFileURL(resolve(cwd, '.strata/lake')).href;
  const endpoint = read('STRATA_S3_ENDPOINT');
  const region = read('STRATA_S3_REGION') ?? '';
  const accessKeyId = read('STRATA_S3_ACCESS_KEY_ID');
  const secretAccessKey = read('STRATA_S3_SECRET_ACCESS_KEY');
  if (!uri.startsWith('s3://')) return { uri, s3: undefined };
  for (const [variable, value] of Object.entries({
    STRATA_S3_ACCESS_KEY_ID: accessKeyId,
    STRATA_S3_SECRET_ACCESS_KEY: secretAccessKey,
  })) {
    if (value === undefined) problems.push({ variable, problem: 'is missing; a lake on S3 needs it' });
  }
  return {
    uri,
    s3: { endpoint, region, accessKeyId: accessKeyId ?? '', secretAccessKey: new Secret(secretAccessKey ?? '') },
  };
}

function readVariable<N extends VariableName>(
  name: N,
  given: Readonly<Record<string, string>>,
  problems: Problem[],
): VariableValue<N> | undefined {
  const { also, schema, valid, byDefault, secret } = VARIABLES[name] as (typeof VARIABLES)[VariableName] & {
    also?: readonly string[];
    byDefault?: string;
    secret?: boolean;
  };
  const variable = [name, ...(also ?? [])].find((candidate) => given[candidate] !== undefined);
  // The lake's default depends on the working folder; lakeSettings makes it.
  const text = variable === undefined ? (name === 'STRATA_LAKE' ? undefined : byDefault) : given[variable];
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data as VariableValue<N>;
  const shown = secret ? 'is malformed' : `is ${JSON.stringify(text)}`;
  problems.push({ variable: variable ?? name, problem: `${shown}; valid: ${valid}` });
  return undefined;
}

/** An empty variable is an absent one: that is how shells and compose files unset. */
function present(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1])));
}

/** Every name there is; `<NAME>` stands for that of a source, a warehouse or a webhook. */
export const SETTING_NAMES: readonly string[] = [
  ...Object.keys(VARIABLES),
  ...['SOURCE', 'WAREHOUSE', 'WEBHOOK'].map((kind) => `STRATA_${kind}_<NAME>`),
];

function unknownVariables(given: Readonly<Record<string, string>>): string[] {
  return Object.keys(given).filter(
    (name) =>
      name.startsWith('STRATA_') &&
      !(name in VARIABLES) &&
      !isConnectionVariable(name) &&
      !isWebhookVariable(name) &&
      !ELSEWHERE.test(name),
  );
}

function wrongSettings(problems: readonly Problem[]): StrataError {
  const lines = problems.map(({ variable, problem }) => `  ${variable} ${problem}`);
  return new StrataError('bad_settings', `${problems.length} wrong setting(s):\n${lines.join('\n')}`, {
    hint: 'Set them in the environment; the README lists every setting.',
  });
}
