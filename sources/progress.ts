import type { ExtractProgress, StagedFile } from './extraction.types.ts';

const BEAT_MILLIS = 5_000;

/** Counts what is staged and tells the caller, also while one long chunk is being read. */
export class Progress implements Disposable {
  readonly #files: StagedFile[] = [];
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #heartbeat: ((progress: ExtractProgress) => void) | undefined;
  #chunks: number;
  #done = 0;

  constructor(chunks: number, heartbeat: ((progress: ExtractProgress) => void) | undefined) {
    this.#chunks = chunks;
    this.#heartbeat = heartbeat;
    this.#timer = heartbeat && setInterval(() => this.#beat(), BEAT_MILLIS);
    this.#beat();
  }

  /** More chunks than were known before. */
  expect(chunks: number): void {
    this.#chunks += chunks;
    this.#beat();
  }

  /** A chunk is done; undefined: it held no row. */
  add(...files: readonly (StagedFile | undefined)[]): void {
    this.#done += 1;
    this.#files.push(...files.filter((file) => file !== undefined));
    this.#beat();
  }

  /** The files in the order of their names, so that equal extractions look equal. */
  get staged(): { uris: string[]; rows: number; bytes: number } {
    const uris = this.#files.map((file) => file.uri).sort();
    return { uris, ...this.#totals() };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #totals(): { rows: number; bytes: number } {
    return this.#files.reduce((sum, file) => ({ rows: sum.rows + file.rows, bytes: sum.bytes + file.bytes }), {
      rows: 0,
      bytes: 0,
    });
  }

  #beat(): void {
    this.#heartbeat?.({ chunks: this.#chunks, chunksDone: this.#done, ...this.#totals() });
  }
}
