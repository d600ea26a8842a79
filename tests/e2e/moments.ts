import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MINUTES } from '../patience.ts';
import type { Company } from './company.ts';

/** A point in the middle of a run, known by the file that appears then. */
export interface Moment {
  readonly name: string;
  /** Where to look, and for what. */
  readonly folder: (company: Company) => string;
  readonly file: RegExp;
}

const inLake = (table: string) => (company: Company) =>
  join(fileURLToPath(company.settings.lake.uri), company.settings.env, ...table.split('.'));
const commit = /^_delta_log\/\d{20}\.json$/;

/** In the order in which a run comes by. */
export const MOMENTS = {
  staged: {
    name: 'rows of a source are staged',
    folder: ({ settings }) => settings.temp,
    file: /^strata-attempt-[^/]+\/.*parquet/,
  },
  observed: {
    name: 'files of bronze are there, their commit is not',
    folder: inLake('bronze.transaction'),
    file: /^_partition=.*parquet$/,
  },
  ingested: { name: 'the first source is committed', folder: inLake('bronze.country'), file: commit },
  quarantined: {
    name: 'bad rows are committed, the table they were left out of is not',
    folder: inLake('quarantine.silver__review'),
    file: commit,
  },
  uploaded: {
    name: 'files of silver are there, their commit is not',
    folder: inLake('silver.payment'),
    file: /^_partition=.*parquet$/,
  },
  merged: {
    name: 'silver is committed, its activity has not answered',
    folder: inLake('silver.payment'),
    file: commit,
  },
  derived: { name: 'the first fact is committed', folder: inLake('gold.fact_payment'), file: commit },
  cut: {
    name: 'the cut is written',
    folder: (company) => inLake(`_strata.cuts`)(company),
    file: /\d{10}\.json$/,
  },
  prepared: {
    name: 'the next generation of the warehouse is being filled',
    folder: ({ folder }) => join(folder, 'analytics.next'),
    file: /\.duckdb$/,
  },
  announced: {
    name: 'the next generation of the warehouse is announced',
    folder: ({ folder }) => join(folder, 'analytics.cuts'),
    file: /\.json$/,
  },
} as const satisfies Record<string, Moment>;

/** Sleeps less than the time between two steps of the worker. */
const LOOK_EVERY_MILLIS = 1;

/**
 * Waits for a file of the moment that is not there at the call, then acts in the same turn of the event loop.
 * @throws when it has not come within the time
 */
export async function at<T>(moment: Moment, company: Company, act: () => T, millis = 2 * MINUTES): Promise<T> {
  const folder = moment.folder(company);
  const before = new Set(matching(folder, moment.file));
  const end = Date.now() + millis;
  while (Date.now() < end) {
    if (matching(folder, moment.file).some((name) => !before.has(name))) return act();
    await sleep(LOOK_EVERY_MILLIS);
  }
  throw new Error(`This moment did not come: ${moment.name}`);
}

function matching(folder: string, file: RegExp): string[] {
  try {
    return (readdirSync(folder, { recursive: true }) as string[]).filter((name) => file.test(name));
  } catch {
    // Not made yet, or a folder went away while it was read.
    return [];
  }
}
