import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { StrataError } from '../core/errors.ts';
import type { Session, SessionOptions } from '../engine/session.ts';
import { withFile } from './attached-file.ts';
import { flush, toStorageError } from './durable-file.ts';
import {
  announce,
  clean,
  exists,
  type GenerationFiles,
  install,
  type Marker,
  nextGeneration,
  openGenerations,
  settle,
} from './generations.ts';
import { waitWhileHeld } from './held-file.ts';
import { createLedger, type FileState, holdsAttempt, readState } from './ledger-tables.ts';
import { copyWarehouse, discard, loadDifference, verifyPrepared } from './prepared-file.ts';
import { judge } from './publication-rules.ts';
import { runQuery } from './query.ts';
import type {
  LoadedTable,
  Publication,
  PublicationResult,
  PublishedCut,
  PublishOptions,
  QueryOptions,
  QueryResult,
  WaitOptions,
  Warehouse,
} from './warehouse.ts';

export interface DuckdbWarehouseOptions {
  /** The warehouse file, `.../analytics.duckdb`; its folder also holds the next generations and the markers. */
  readonly path: string;
  /** Schema of the tables: the environment. */
  readonly schema: string;
  readonly session: Omit<SessionOptions, 'signal'>;
  /** Leftovers of dead attempts are removed when they are this old. Default: a day. */
  readonly graceMillis?: number;
}

const DAY = 86_400_000;
/** Each round lost means that another publication came through; this many in a row are somebody's mistake. */
const MAX_ROUNDS = 20;

/** A warehouse in one DuckDB file. Publishing prepares a copy and renames it over: readers and publishers never wait. */
export async function openDuckdbWarehouse(options: DuckdbWarehouseOptions): Promise<Warehouse> {
  const warehouse = new DuckdbWarehouse(options, await openGenerations(options.path));
  await warehouse.settle();
  return warehouse;
}

type Round = PublicationResult | 'lost';

class DuckdbWarehouse implements Warehouse {
  readonly #options: DuckdbWarehouseOptions;
  readonly #files: GenerationFiles;

  constructor(options: DuckdbWarehouseOptions, files: GenerationFiles) {
    this.#options = options;
    this.#files = files;
  }

  settle(): Promise<void> {
    return settle(this.#files);
  }

  async published(pipeline: string, options: WaitOptions = {}): Promise<PublishedCut | null> {
    await this.settle();
    return (await this.#stateOf(pipeline, options)).cut;
  }

  async publish(publication: Publication, options: PublishOptions = {}): Promise<PublicationResult> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      await this.settle();
      const result = await this.#round(publication, options);
      if (result === 'lost') continue;
      if (result.outcome === 'published') await clean(this.#files, this.#options.graceMillis ?? DAY);
      return result;
    }
    throw new StrataError('conflict', `${publication.pipeline}: other publications were faster ${MAX_ROUNDS} times`, {
      where: this.#files.current,
      hint: 'Publish again; look whether one file serves too many pipelines.',
    });
  }

  async query(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
    await this.settle();
    if (!(await exists(this.#files.current))) {
      throw new StrataError('bad_input', `Nothing is published in ${this.#files.current} yet`, {
        hint: 'Run a pipeline that publishes to this warehouse first.',
      });
    }
    return runQuery(this.#session(options.signal), this.#files.current, this.#options.schema, sql, options);
  }

  async #round(publication: Publication, options: PublishOptions): Promise<Round> {
    const settled = judge(publication, (await this.#stateOf(publication.pipeline, options)).cut);
    if (settled) return settled;
    const attempt = randomUUID();
    const prepared = join(this.#files.next, `${attempt}.duckdb`);
    let ready: Ready | PublicationResult | 'lost';
    try {
      ready = await this.#prepare(publication, options, attempt, prepared);
      if (ready === 'lost' || 'outcome' in ready) {
        await discard(prepared);
        return ready;
      }
      await options.onStep?.('checked');
      options.signal?.throwIfAborted();
    } catch (error) {
      await discard(prepared);
      if (options.signal?.aborted)
        throw new StrataError('cancelled', 'The publication was cancelled', { cause: error });
      throw toStorageError(error, prepared);
    }
    // From here on the file may be announced: it is never deleted, not even after an error.
    if (!(await announce(this.#files, ready.marker))) {
      await discard(prepared);
      return 'lost';
    }
    await options.onStep?.('announced');
    const installed = (await install(this.#files, ready.marker)) || (await this.#holds(attempt, options));
    if (!installed) return 'lost';
    await options.onStep?.('installed');
    return { outcome: 'published', cut: publication.toCut, tables: ready.loaded };
  }

  async #prepare(
    publication: Publication,
    options: PublishOptions,
    attempt: string,
    prepared: string,
  ): Promise<Ready | PublicationResult | 'lost'> {
    const { schema } = this.#options;
    const { pipeline, toCut } = publication;
    await copyWarehouse(this.#files.current, prepared);
    await options.onStep?.('copied');
    const session = this.#session(options.signal);
    const ready = await withFile(session, prepared, 'READ_WRITE', async (s) => {
      await createLedger(s);
      const base = await readState(s, schema, pipeline);
      const settled = judge(publication, base.cut);
      if (settled) return settled;
      const generation = await nextGeneration(this.#files, base.generation, () => this.#generation(options));
      if (generation === undefined) return 'lost';
      const marker: Marker = { generation, prepared: `${attempt}.duckdb`, schema, pipeline, cut: toCut };
      const loaded = await loadDifference(s, { schema, publication, generation, attempt });
      return { marker, loaded };
    });
    if (ready === 'lost' || 'outcome' in ready) return ready;
    await options.onStep?.('loaded');
    const { generation } = ready.marker;
    await verifyPrepared(session, prepared, { schema, publication, generation, attempt });
    await flush(dirname(prepared));
    return ready;
  }

  async #stateOf(pipeline: string, options: WaitOptions): Promise<FileState> {
    const state = await this.#read(options, (session) => readState(session, this.#options.schema, pipeline));
    return state ?? { generation: 0, cut: null };
  }

  async #generation(options: WaitOptions): Promise<number> {
    return (await this.#stateOf('', options)).generation;
  }

  async #holds(attempt: string, options: WaitOptions): Promise<boolean> {
    return (await this.#read(options, (session) => holdsAttempt(session, attempt))) ?? false;
  }

  /** Undefined: there is no warehouse file yet. */
  async #read<T>(options: WaitOptions, work: (session: Session) => Promise<T>): Promise<T | undefined> {
    if (!(await exists(this.#files.current))) return undefined;
    return waitWhileHeld(options, () => withFile(this.#session(), this.#files.current, 'READ_ONLY', work));
  }

  #session(signal?: AbortSignal): SessionOptions {
    return { ...this.#options.session, ...(signal && { signal }) };
  }
}

/** A complete prepared file and what it announces itself as. */
interface Ready {
  readonly marker: Marker;
  readonly loaded: readonly LoadedTable[];
}
