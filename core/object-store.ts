export interface ObjectInfo {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

/** Half-open range of bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface ListOptions {
  /** Leaves out what comes up to this path, itself included. */
  readonly startAfter?: string;
}

/**
 * A flat store of immutable objects. Paths are relative to the store's root, with `/` between the parts and never encoded.
 * Writers never see half an object and neither do readers: an object appears whole, or not at all.
 * Every failure is a StrataError: `storage` (disk full, refused), `unreachable`, `access_denied`, `conflict`.
 */
export interface ObjectStore {
  /** What DuckDB opens: an absolute path or `s3://bucket/key`. */
  uri(path: string): string;
  /** Shorter where the object ends within the range. @returns undefined when there is no such object. */
  get(path: string, range?: ByteRange): Promise<Uint8Array | undefined>;
  /** UTF-8. @returns undefined when there is no such object. */
  getText(path: string): Promise<string | undefined>;
  /** Creates or replaces. */
  put(path: string, bytes: Uint8Array | string): Promise<void>;
  /**
   * Creates, atomically and durably. @returns false when something is there already. An acknowledgement that was lost and
   * retried may also answer false about our own write: whoever must know compares what is there.
   */
  putIfAbsent(path: string, bytes: Uint8Array | string): Promise<boolean>;
  /** Objects whose path starts with the prefix, in the order of their paths. */
  list(prefix: string, options?: ListOptions): AsyncIterable<ObjectInfo>;
  /** The paths alone, which a local store answers much faster. */
  listPaths(prefix: string, options?: ListOptions): AsyncIterable<string>;
  /** Missing ones are no error. */
  delete(paths: readonly string[]): Promise<void>;
  /**
   * A finished local file of any size becomes an object. The local file must not be written again afterwards: a local store
   * may share its blocks.
   * @throws conflict when another object is there.
   */
  putFile(path: string, localFile: string): Promise<void>;
  /** @throws storage when there is no such object. */
  getFile(path: string, localFile: string): Promise<void>;
}
