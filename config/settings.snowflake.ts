import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { Secret } from './secret.ts';
import type { Problem } from './settings.connections.ts';
import type { VariableName, VariableValue } from './settings.variables.ts';

/** The account that warehouses of kind `snowflake` are in. */
export interface SnowflakeSettings {
  readonly account: string;
  readonly user: string;
  readonly privateKeyPath: string;
  readonly privateKeyPassphrase: Secret | undefined;
  readonly role: string;
  readonly warehouse: string;
  readonly database: string;
  /** Undefined: the environment's name. */
  readonly schema: string | undefined;
  readonly stage: string | undefined;
  readonly stageUrl: string | undefined;
  readonly storageIntegration: string | undefined;
  readonly url: string | undefined;
}

/** Those that have no default. */
export const SNOWFLAKE_NEEDED = [
  'STRATA_SNOWFLAKE_ACCOUNT',
  'STRATA_SNOWFLAKE_USER',
  'STRATA_SNOWFLAKE_PRIVATE_KEY_PATH',
  'STRATA_SNOWFLAKE_ROLE',
  'STRATA_SNOWFLAKE_WAREHOUSE',
  'STRATA_SNOWFLAKE_DATABASE',
] as const satisfies readonly VariableName[];

type Read = <N extends VariableName>(name: N) => VariableValue<N> | undefined;

/** Read only where a warehouse is Snowflake; then each of the six that have no default must be there. */
export function snowflakeSettings(cwd: string, read: Read, problems: Problem[]): SnowflakeSettings {
  const needed = (variable: (typeof SNOWFLAKE_NEEDED)[number]) => {
    const before = problems.length;
    const value = read(variable) as string | undefined;
    if (value === undefined && problems.length === before) {
      problems.push({ variable, problem: 'is missing; a warehouse that is snowflake needs it' });
    }
    return value ?? '';
  };
  const key = needed('STRATA_SNOWFLAKE_PRIVATE_KEY_PATH');
  const passphrase = read('STRATA_SNOWFLAKE_PRIVATE_KEY_PASSPHRASE');
  const stageUrl = read('STRATA_SNOWFLAKE_STAGE_URL');
  const storageIntegration = read('STRATA_SNOWFLAKE_STORAGE_INTEGRATION');
  if (key !== '' && !readable(resolve(cwd, key))) {
    problems.push({ variable: 'STRATA_SNOWFLAKE_PRIVATE_KEY_PATH', problem: 'names a file that cannot be read' });
  }
  if (storageIntegration !== undefined && stageUrl === undefined) {
    problems.push({ variable: 'STRATA_SNOWFLAKE_STAGE_URL', problem: 'is missing; a storage integration needs it' });
  }
  return {
    account: needed('STRATA_SNOWFLAKE_ACCOUNT'),
    user: needed('STRATA_SNOWFLAKE_USER'),
    privateKeyPath: resolve(cwd, key),
    privateKeyPassphrase: passphrase === undefined ? undefined : new Secret(passphrase),
    role: needed('STRATA_SNOWFLAKE_ROLE'),
    warehouse: needed('STRATA_SNOWFLAKE_WAREHOUSE'),
    database: needed('STRATA_SNOWFLAKE_DATABASE'),
    schema: read('STRATA_SNOWFLAKE_SCHEMA'),
    stage: read('STRATA_SNOWFLAKE_STAGE'),
    stageUrl,
    storageIntegration,
    url: read('STRATA_SNOWFLAKE_URL'),
  };
}

function readable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
