import { PARTITION_COLUMN } from '../core/dataset.ts';
import type { Version } from '../core/ledger.ts';

/** Where everything lies in the lake; docs/architecture.md shows the tree. Paths are relative to the store's root. */

const digits = (version: Version): string => String(version).padStart(20, '0');

/** `silver.payment` -> `prod/silver/payment`. */
export function tableFolder(env: string, dataset: string): string {
  const dot = dataset.indexOf('.');
  return `${env}/${dataset.slice(0, dot)}/${dataset.slice(dot + 1)}`;
}

export const logFolder = (table: string): string => `${table}/_delta_log/`;
export const commitFile = (table: string, version: Version): string => `${logFolder(table)}${digits(version)}.json`;
export const checkpointFile = (table: string, version: Version): string =>
  `${logFolder(table)}${digits(version)}.checkpoint.parquet`;
export const lastCheckpointFile = (table: string): string => `${logFolder(table)}_last_checkpoint`;
export const ledgerFolder = (table: string): string => `${table}/_strata/ledger/`;
export const ledgerFile = (table: string, version: Version): string =>
  `${ledgerFolder(table)}${digits(version)}.parquet`;

/** Version of a commit, checkpoint or ledger file; undefined for every other name. */
export function versionOf(path: string, suffix: '.json' | '.checkpoint.parquet' | '.parquet'): Version | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const number = name.slice(0, 20);
  return name === `${number}${suffix}` && /^\d{20}$/.test(number) ? Number(number) : undefined;
}

/** Relative to the table's folder, as DataFile.path is. Unique: an attempt's name is never used twice. */
export const dataFile = (partition: string, attempt: string, n: number): string =>
  `${PARTITION_COLUMN}=${encodeURIComponent(partition)}/${attempt}-${n}.parquet`;

/** Relative to the table's folder. Tombstones and key changes of a commit. */
export const sideFile = (attempt: string, name: string): string => `_strata/side/${attempt}-${name}`;

export const cutsFolder = (env: string, pipeline: string): string => `${env}/_strata/cuts/${pipeline}/`;
export const cutFile = (env: string, pipeline: string, n: number): string =>
  `${cutsFolder(env, pipeline)}${String(n).padStart(10, '0')}.json`;

export const pinsFolder = (env: string): string => `${env}/_strata/pins/`;
export const pinFile = (env: string, name: string): string => `${pinsFolder(env)}${encodeURIComponent(name)}.json`;

export const plansFolder = (env: string): string => `${env}/_strata/plans/`;
export const planFile = (env: string, hash: string): string => `${plansFolder(env)}${hash}.json`;
