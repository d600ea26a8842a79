import { randomUUID } from 'node:crypto';
import type { SessionOptions } from '../../engine/session.ts';
import type { Publication, PublishOptions } from '../warehouse.ts';
import type { RunOptions, SnowflakeClient } from './client.ts';
import type { SnowflakeOptions } from './connection-options.ts';
import type { Place } from './names.ts';

export interface Publishing {
  readonly client: SnowflakeClient;
  readonly options: SnowflakeOptions;
  readonly place: Place;
  readonly publication: Publication;
  readonly session: SessionOptions;
  readonly wanted: PublishOptions;
  /** Leftovers of attempts that began earlier are removed; undefined: not this time. */
  readonly cleanBefore?: Date;
}

/** One attempt; its name is in the ledger once it is committed. */
export interface Attempt {
  readonly name: string;
  readonly run: (step: string) => RunOptions;
}

/** `20261122T024500_<uuid>`: sorts by time. */
export const attemptName = (now: Date, uuid: string): string =>
  `${now.toISOString().replaceAll(/[-:]|\.\d+Z$/g, '')}_${uuid}`.toUpperCase().replaceAll('-', '');

export function newAttempt({ publication, wanted }: Publishing): Attempt {
  const name = attemptName(new Date(), randomUUID());
  const { pipeline, toCut } = publication;
  return {
    name,
    run: (step) => ({ tag: { pipeline, cut: toCut, attempt: name, step }, signal: wanted.signal }),
  };
}
