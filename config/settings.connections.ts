import { isAbsolute, resolve } from 'node:path';
import { SecretUrl } from './secret.ts';

/** Where a source named in a dataset (`postgres('oltp')`) is. */
export interface SourceSetting {
  readonly system: 'postgres' | 'mongodb';
  readonly url: SecretUrl;
}

/** Where a warehouse named in a pipeline (`publish: { to: 'analytics' }`) is. */
export type WarehouseSetting =
  | {
      readonly kind: 'duckdb';
      /** Absolute path of the database file. */
      readonly path: string;
    }
  /** Where Snowflake is say STRATA_SNOWFLAKE_...; here only what differs between two warehouses in one account. */
  | { readonly kind: 'snowflake'; readonly database?: string; readonly schema?: string };

/** A value that cannot be used, with what could: one line of the settings error. */
export interface Problem {
  readonly variable: string;
  readonly problem: string;
}

const SOURCE = /^STRATA_SOURCE_([A-Z][A-Z0-9_]*)$/;
const WAREHOUSE = /^STRATA_WAREHOUSE_([A-Z][A-Z0-9_]*)$/;
const SOURCE_VALID = 'valid: postgres://user:password@host:port/database or mongodb://host:port/database';
const WAREHOUSE_VALID =
  'valid: duckdb:///absolute/file.duckdb, duckdb:file-below-the-working-folder.duckdb, snowflake or snowflake://DATABASE/SCHEMA';

const SNOWFLAKE = /^snowflake(?::\/\/([A-Za-z_]\w*)(?:\/([A-Za-z_]\w*))?)?$/;

const SYSTEMS: Readonly<Record<string, SourceSetting['system']>> = {
  postgres: 'postgres',
  postgresql: 'postgres',
  mongodb: 'mongodb',
  'mongodb+srv': 'mongodb',
};

export const isConnectionVariable = (name: string): boolean => SOURCE.test(name) || WAREHOUSE.test(name);

/** `STRATA_SOURCE_OLTP` is the source `oltp`. */
export function sourceSettings(
  variables: Readonly<Record<string, string>>,
  problems: Problem[],
): Record<string, SourceSetting> {
  return collect(variables, SOURCE, problems, (value) => {
    const url = new SecretUrl(value);
    const system = SYSTEMS[url.scheme ?? ''];
    if (system === undefined) return `is not an address of PostgreSQL or MongoDB; ${SOURCE_VALID}`;
    return url.database === '' ? `names no database; ${SOURCE_VALID}` : { system, url };
  });
}

/** `STRATA_WAREHOUSE_ANALYTICS` is the warehouse `analytics`. */
export function warehouseSettings(
  variables: Readonly<Record<string, string>>,
  cwd: string,
  problems: Problem[],
): Record<string, WarehouseSetting> {
  return collect(variables, WAREHOUSE, problems, (value) => {
    const snowflake = SNOWFLAKE.exec(value);
    if (snowflake) {
      const [, database, schema] = snowflake;
      return {
        kind: 'snowflake',
        ...(database !== undefined && { database }),
        ...(schema !== undefined && { schema }),
      };
    }
    const path = /^duckdb:(?:\/\/)?(.+)$/.exec(value)?.[1];
    if (path === undefined || path.endsWith('/')) return `is not the address of a warehouse; ${WAREHOUSE_VALID}`;
    return { kind: 'duckdb', path: isAbsolute(path) ? path : resolve(cwd, path) };
  });
}

/** @param read gives the setting, or what is wrong with the value; the value itself may hold a password and is not shown. */
function collect<T extends object>(
  variables: Readonly<Record<string, string>>,
  pattern: RegExp,
  problems: Problem[],
  read: (value: string) => T | string,
): Record<string, T> {
  const found: Record<string, T> = {};
  for (const [variable, value] of Object.entries(variables)) {
    const name = pattern.exec(variable)?.[1]?.toLowerCase();
    if (name === undefined) continue;
    const setting = read(value);
    if (typeof setting === 'string') problems.push({ variable, problem: setting });
    else found[name] = setting;
  }
  return found;
}
