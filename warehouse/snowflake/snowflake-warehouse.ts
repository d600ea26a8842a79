import { StrataError } from '../../core/errors.ts';
import type { SessionOptions } from '../../engine/session.ts';
import { judge } from '../publication-rules.ts';
import type {
  Publication,
  PublicationResult,
  PublishedCut,
  PublishOptions,
  QueryOptions,
  QueryResult,
  Warehouse,
} from '../warehouse.ts';
import { newAttempt, type Publishing } from './attempt.ts';
import { connect, type SnowflakeClient } from './client.ts';
import type { SnowflakeOptions } from './connection-options.ts';
import { readPublished, wasCommitted } from './ledger.ts';
import { finishEarlier } from './leftovers.ts';
import type { Place } from './names.ts';
import { mayBeCommitted, publishOnce } from './publish.ts';
import { runQuery } from './query.ts';

export interface SnowflakeWarehouseOptions {
  readonly connection: SnowflakeOptions;
  /** For files on S3, which come down on their way to an internal stage. */
  readonly session: Omit<SessionOptions, 'signal'>;
  /** What attempts staged is removed when it is this old. Default: a day. */
  readonly graceMillis?: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** How long one statement is silent before somebody is told. */
const WAIT_MILLIS = 10_000;

/** A warehouse in a schema of a Snowflake database. Nothing is connected before the first question. */
export function openSnowflakeWarehouse(options: SnowflakeWarehouseOptions): Warehouse {
  return new SnowflakeWarehouse(options);
}

class SnowflakeWarehouse implements Warehouse {
  readonly #options: SnowflakeWarehouseOptions;
  readonly #place: Place;
  #cleaned = 0;

  constructor(options: SnowflakeWarehouseOptions) {
    this.#options = options;
    this.#place = { database: options.connection.database, schema: options.connection.schema };
  }

  /** Finishes what a publisher left that died after its commit. */
  published(pipeline: string): Promise<PublishedCut | null> {
    return this.#with(async (client) => {
      const found = await readPublished(client, this.#place, pipeline);
      if (found?.unfinished) {
        await finishEarlier({ client, place: this.#place, pipeline }, { tag: { pipeline, step: 'leftovers' } });
      }
      return found?.cut ?? null;
    });
  }

  async publish(publication: Publication, wanted: PublishOptions = {}): Promise<PublicationResult> {
    let attempt: string | undefined;
    try {
      return await this.#with(async (client) => {
        const found = await readPublished(client, this.#place, publication.pipeline);
        const settled = judge(publication, found?.cut ?? null);
        if (settled) return settled;
        const { session, connection, graceMillis = DAY } = this.#options;
        const clean = Date.now() - this.#cleaned >= Math.min(HOUR, graceMillis);
        if (clean) this.#cleaned = Date.now();
        const publishing: Publishing = {
          client,
          place: this.#place,
          publication,
          session,
          wanted,
          ...(clean && { cleanBefore: new Date(Date.now() - graceMillis) }),
          options: connection,
        };
        const made = newAttempt(publishing);
        attempt = made.name;
        return announced(client, wanted, async () => ({
          outcome: 'published' as const,
          cut: publication.toCut,
          tables: await publishOnce(publishing, made, found === undefined),
        }));
      });
    } catch (error) {
      if (attempt !== undefined && mayBeCommitted(error) && (await this.#holds(attempt))) {
        return { outcome: 'published', cut: publication.toCut, tables: [] };
      }
      throw error;
    }
  }

  query(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
    return this.#with((client) => runQuery(client, sql, options), this.#place.schema.toUpperCase());
  }

  /** After a connection that broke, in a session of its own: was it committed? Who cannot ask does not know, and says so. */
  async #holds(attempt: string): Promise<boolean> {
    try {
      return await this.#with((client) => wasCommitted(client, this.#place, attempt));
    } catch {
      return false;
    }
  }

  async #with<T>(work: (client: SnowflakeClient) => Promise<T>, schema?: string): Promise<T> {
    const client = await connect(this.#options.connection, schema);
    try {
      return await work(client);
    } finally {
      await client.close();
    }
  }
}

/** Says every ten seconds what a publication that goes on is waiting for. */
async function announced<T>(client: SnowflakeClient, { onWait }: PublishOptions, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => {
    const { statement, millis } = client.running();
    if (statement !== undefined && millis >= WAIT_MILLIS) {
      onWait?.(`Snowflake has worked or waited ${Math.round(millis / 1000)} s for: ${statement}`);
    }
  }, WAIT_MILLIS);
  try {
    return await work();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') {
      throw new StrataError('cancelled', 'The publication was cancelled', { cause: error });
    }
    throw error;
  } finally {
    clearInterval(timer);
  }
}
