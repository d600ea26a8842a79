import { Context } from '@temporalio/activity';
import type { SourceDataset } from '../core/dataset.ts';
import type { Instant } from '../core/instant.ts';
import type { PartitionEntry } from '../core/ledger.ts';
import type { DataFile, Staged } from '../core/ports.ts';
import { keySnapshotsOf } from '../core/source.ts';
import type { Session } from '../engine/session.ts';
import type { TableState } from '../lake/table-state.ts';
import type { BuildCounts } from '../transform/build-output.ts';
import { missedBehindCursor, type ObserveInput, observe } from '../transform/observe.ts';
import { partitionsOf, type StagedPart, surveyStaged } from '../transform/staged-files.ts';
import type { Attempt } from './attempt.ts';
import type { Platform } from './platform.ts';
import { ReadableFiles } from './readable-files.ts';
import { Uploads } from './upload.ts';

export interface Observed {
  readonly adds: readonly DataFile[];
  readonly partitions: Readonly<Record<string, PartitionEntry>>;
  readonly counts: BuildCounts;
  readonly bytes: number;
}

/** Staged rows less what bronze knows. Applied again only when another ingest wrote into the same partitions meanwhile. */
export class BronzeRule {
  readonly #platform: Platform;
  readonly #dataset: SourceDataset;
  readonly #staged: Staged;
  readonly #attempt: Attempt;
  readonly #uploads: Uploads;
  #session: Session | undefined;
  #parts: readonly StagedPart[] | undefined;
  #last: { existing: string; observed: Observed } | undefined;

  constructor(platform: Platform, dataset: SourceDataset, staged: Staged, attempt: Attempt) {
    this.#platform = platform;
    this.#dataset = dataset;
    this.#staged = staged;
    this.#attempt = attempt;
    this.#uploads = new Uploads(platform.lake.table(dataset.name), attempt);
  }

  async apply(state: TableState): Promise<Observed> {
    const { uris, keys } = this.#staged;
    if (uris.length === 0 && !keys && this.#dataset.extraction.kind === 'cursor') return NOTHING;
    const { session, parts } = await this.#open();
    const files = this.#existing(state, partitionsOf(parts));
    const existing = files.map((file) => file.path).join('\n');
    if (this.#last?.existing === existing) return this.#last.observed;
    const observed = await this.#observe(session, state, files, parts);
    this.#last = { existing, observed };
    return observed;
  }

  /** Where another look must begin, because this one's keys show rows that its cursor did not; see missedBehindCursor. */
  async missed(state: TableState, upper: Instant | null): Promise<Instant | undefined> {
    if (!this.#staged.keys) return undefined;
    const { session, parts } = await this.#open();
    const files = this.#existing(state, partitionsOf(parts));
    return missedBehindCursor(await this.#input(session, state, files, parts), state.ledger.settled, upper);
  }

  async #open(): Promise<{ session: Session; parts: readonly StagedPart[] }> {
    this.#session ??= await this.#platform.openSession(Context.current().cancellationSignal);
    this.#parts ??= await surveyStaged(this.#session, this.#dataset, this.#staged.uris);
    return { session: this.#session, parts: this.#parts };
  }

  async close(): Promise<void> {
    await this.#session?.close();
  }

  #existing(state: TableState, touched: ReadonlySet<string>): DataFile[] {
    const files = [...state.files.values()];
    const { extraction } = this.#dataset;
    const all = extraction.kind === 'snapshot' || keySnapshotsOf(extraction) !== undefined;
    return all ? files : files.filter((file) => touched.has(file.partition));
  }

  async #observe(
    session: Session,
    state: TableState,
    files: readonly DataFile[],
    staged: readonly StagedPart[],
  ): Promise<Observed> {
    const built = await observe(await this.#input(session, state, files, staged));
    const adds = await this.#uploads.data(
      built.partitions.flatMap(({ partition, files: local }) => local.map((file) => ({ partition, file }))),
    );
    const partitions = Object.fromEntries(
      built.partitions.map(({ partition, digest, rows }) => [partition, { digest, rows }]),
    );
    return { adds, partitions, counts: built.counts, bytes: adds.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  async #input(
    session: Session,
    state: TableState,
    files: readonly DataFile[],
    staged: readonly StagedPart[],
  ): Promise<ObserveInput> {
    const { keys, coverage } = this.#staged;
    const readable = new ReadableFiles(session, this.#attempt.directory);
    return {
      session,
      dataset: this.#dataset,
      staged,
      existing: await readable.of(this.#platform.lake.table(this.#dataset.name), files),
      digests: digestsOf(state),
      directory: this.#attempt.directory,
      ...(keys && { keys: { ...keys, position: coverage.position, observedAt: coverage.observedAt } }),
    };
  }
}

const NOTHING: Observed = { adds: [], partitions: {}, counts: { rowsIn: 0, rowsOut: 0, quarantined: 0 }, bytes: 0 };

export const digestsOf = ({ ledger }: TableState): Map<string, string> =>
  new Map([...ledger.partitions].map(([partition, { digest }]) => [partition, digest]));
