import { pathToFileURL } from 'node:url';
import type { PublishedTable } from '../warehouse.ts';
import type { SnowflakeOptions } from './connection-options.ts';
import { own, type Place } from './names.ts';

/** Where the files of one attempt are put, and the tables they are copied into. */
export interface Staging {
  readonly place: Place;
  readonly options: SnowflakeOptions;
  /** Begins with the day, so that what dead attempts left can be told by its age. */
  readonly attempt: string;
  /** Some files lie where Snowflake cannot read them. */
  readonly uploads: boolean;
}

export function stagingOf(
  place: Place,
  options: SnowflakeOptions,
  attempt: string,
  tables: readonly PublishedTable[],
): Staging {
  return { place, options, attempt, uploads: tables.some((table) => !inPlace(options, urisOf(table))) };
}

export const urisOf = (table: PublishedTable): string[] => table.replacePartitions.flatMap((p) => p.uris);

/** Files that lie below an external stage are copied from where they are. */
export const inPlace = ({ stageUrl }: SnowflakeOptions, uris: readonly string[]): boolean =>
  stageUrl !== undefined && uris.every((uri) => toUri(uri).startsWith(stageUrl));

/** The path below an external stage of a file that lies there. */
export const pathOnStage = ({ stageUrl }: SnowflakeOptions, uri: string): string => toUri(uri).slice(stageUrl!.length);

const toUri = (uri: string): string => (uri.startsWith('/') ? pathToFileURL(uri).href : uri);

export const stagingTable = ({ place, attempt }: Staging, index: number): string =>
  own(place, `STAGING_${attempt}_${index}`);
