import { claimTag } from './claim-tag.ts';
import { earliest, type Instant } from './instant.ts';
import type { Interval } from './interval.ts';
import { type IntervalSet, union } from './interval-set.ts';

/** Of the ledger inside `commitInfo.strata`. Readers accept every format up to this one. */
export const LEDGER_FORMAT = 1;

/** A version of a table's log. */
export type Version = number;

/**
 * The right to write some scopes of a table once, made before the work begins so that every attempt carries the same.
 * A scope is `dataset/partition` (replace), `dataset` (merge) or `dataset/[start,end)` (ingest).
 */
export interface Claim {
  readonly dataset: string;
  /** Scope -> epoch: one more than the highest in the log when the claim was made. Binds once committed. */
  readonly scopes: Readonly<Record<string, number>>;
  /** Input dataset -> the version of it that this work reads; -1: it does not exist yet and reads as empty. A merge's source comes first. */
  readonly inputs: Readonly<Record<string, Version>>;
  /** Of the definition that does the work: see contentHash. */
  readonly contentHash: string;
  /** Workflow that asked for it; for people. */
  readonly run: string;
}

/** What a commit says about one partition it wrote or confirmed. */
export interface PartitionEntry {
  /** Order-independent digest of the partition's rows. The same digest: nothing downstream moves. */
  readonly digest: string;
  readonly rows: number;
}

/** What happened to source time by an ingest. */
export interface CoverageEntry {
  /** Looked at by this ingest, from its lower bound to its upper bound or snapshot. */
  readonly covered: Interval;
  /** Before this moment every row of `covered` has been seen for good; after it another look is needed. */
  readonly settledTo: Instant;
  /** Of the snapshot that was read: a whole number as text. */
  readonly position: string;
  readonly observedAt: Instant;
}

export interface Counts {
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly quarantined: number;
  readonly bytes: number;
  readonly millis: number;
}

export interface AuditResult {
  readonly check: string;
  readonly severity: 'error' | 'warn';
  readonly failures: number;
}

/**
 * Rows of a table that changed in a commit, for its `asOf` readers: a Parquet side file with the key columns, `_from` and
 * `_to` (TIMESTAMPTZ, the range in which a reader may see another row than before; `_to` null: for ever). The summary
 * tells which partitions of a reader are candidates; a scan of their key columns against the file tells which really are.
 */
export interface KeyChanges {
  /** Relative to the table's folder. */
  readonly path: string;
  readonly rows: number;
  /** Earliest `_from`. */
  readonly from: Instant;
  /** Latest `_to`; null: for ever. */
  readonly to: Instant | null;
}

/**
 * Partitions found not to hold any key that an `asOf` input changed: they count as built from its newer version, so that
 * the next plan does not scan them again.
 */
export interface Checked {
  readonly input: string;
  readonly version: Version;
  /** The version of this table that was scanned: partitions written since are left as they are. */
  readonly scanned: Version;
  readonly partitions: readonly string[];
}

export interface LedgerEntry {
  readonly format: number;
  readonly kind: 'ingest' | 'merge' | 'replace' | 'cancel' | 'quarantine' | 'maintenance';
  readonly claim: Claim;
  /** Partition -> what it holds after this commit; only those written or confirmed by it. */
  readonly partitions: Readonly<Record<string, PartitionEntry>>;
  /** Merges: partitions of which every row was made anew, not only the touched keys. */
  readonly rebuilt?: readonly string[];
  /** Merges: input partitions processed with this commit; all up to `claim.inputs` of the first input. */
  readonly merged?: readonly string[];
  readonly coverage?: CoverageEntry;
  readonly counts: Counts;
  readonly audits?: readonly AuditResult[];
  /** Merges: path of the side file with the keys that were deleted. */
  readonly tombstones?: string;
  /** Only in commits of kind `maintenance` that change no row. */
  readonly checked?: readonly Checked[];
  /** Present when the table has `asOf` readers and rows changed. */
  readonly keyChanges?: KeyChanges;
}

export interface PartitionState extends PartitionEntry {
  /** Version at which its content last changed; what readers compare with. */
  readonly contentVersion: Version;
  /** Version at which it was last written or confirmed. */
  readonly builtVersion: Version;
  /** Input versions it was last built from. Empty for ingests. */
  readonly inputs: Readonly<Record<string, Version>>;
  readonly contentHash: string;
}

export interface ScopeState {
  readonly epoch: number;
  /** The commit that holds it. */
  readonly version: Version;
  /** JSON of the claim: the twin of a committed attempt is known by it. */
  readonly claim: string;
}

/** A merge's mark: the input partition is merged as of this version of the input, by the claim of this epoch. */
export interface MergeMark {
  readonly version: Version;
  readonly epoch: number;
  /** Of the definition that judged its observations: other code may accept what this one put into quarantine. */
  readonly contentHash: string;
  /** Which claim: bad rows of this input partition count when they carry it. See claimTag. */
  readonly claim: string;
}

/** The ledger after all commits up to `version`: what planning needs, without any file list. */
export interface LedgerState {
  /** -1: the table does not exist. */
  readonly version: Version;
  readonly partitions: ReadonlyMap<string, PartitionState>;
  readonly scopes: ReadonlyMap<string, ScopeState>;
  readonly marks: ReadonlyMap<string, MergeMark>;
  readonly covered: IntervalSet;
  /** Part of `covered` that needs no other look. */
  readonly settled: IntervalSet;
  /** Greatest position of all looks at the source; undefined before the first. */
  readonly lookedAt: string | undefined;
  readonly tombstones: string | undefined;
  /** Commits with key changes, oldest first. */
  readonly keyChanges: readonly (KeyChanges & { readonly version: Version })[];
}

export const EMPTY_LEDGER: LedgerState = {
  version: -1,
  partitions: new Map(),
  scopes: new Map(),
  marks: new Map(),
  covered: [],
  settled: [],
  lookedAt: undefined,
  tombstones: undefined,
  keyChanges: [],
};

/**
 * The ledger being folded: one commit after the other, in order. Mutable on purpose, a log tail of thousands of commits
 * must not copy ten thousand partitions each; `state` hands out what was folded so far and must not be kept across `add`.
 */
export class LedgerFold {
  #version: Version;
  readonly #partitions: Map<string, PartitionState>;
  readonly #scopes: Map<string, ScopeState>;
  readonly #marks: Map<string, MergeMark>;
  #covered: IntervalSet;
  #settled: IntervalSet;
  #lookedAt: string | undefined;
  #tombstones: string | undefined;
  readonly #keyChanges: (KeyChanges & { version: Version })[];

  constructor(from: LedgerState = EMPTY_LEDGER) {
    this.#version = from.version;
    this.#partitions = new Map(from.partitions);
    this.#scopes = new Map(from.scopes);
    this.#marks = new Map(from.marks);
    this.#covered = from.covered;
    this.#settled = from.settled;
    this.#lookedAt = from.lookedAt;
    this.#tombstones = from.tombstones;
    this.#keyChanges = [...from.keyChanges];
  }

  /** @param entry undefined for a commit that says nothing to the ledger (table creation, another writer's). */
  add(version: Version, entry: LedgerEntry | undefined): void {
    this.#version = version;
    if (!entry) return;
    for (const [name, partition] of Object.entries(entry.partitions))
      this.#addPartition(version, name, partition, entry);
    for (const [scope, epoch] of Object.entries(entry.claim.scopes)) {
      this.#scopes.set(scope, { epoch, version, claim: JSON.stringify(entry.claim) });
    }
    this.#addMarks(entry);
    for (const checked of entry.checked ?? []) this.#addChecked(checked);
    if (entry.coverage) {
      const { covered, settledTo, position } = entry.coverage;
      this.#covered = union(this.#covered, [covered]);
      this.#settled = union(this.#settled, [{ start: covered.start, end: earliest(settledTo, covered.end) }]);
      if (this.#lookedAt === undefined || BigInt(position) > BigInt(this.#lookedAt)) this.#lookedAt = position;
    }
    if (entry.tombstones) this.#tombstones = entry.tombstones;
    if (entry.keyChanges) this.#keyChanges.push({ version, ...entry.keyChanges });
  }

  #addPartition(version: Version, name: string, entry: PartitionEntry, commit: LedgerEntry): void {
    const before = this.#partitions.get(name);
    const changed = before?.digest !== entry.digest;
    // A merge that touched some keys left the others as older inputs and older code made them: still due.
    const partial = before !== undefined && commit.kind === 'merge' && !commit.rebuilt?.includes(name);
    this.#partitions.set(name, {
      ...entry,
      contentVersion: changed ? version : before.contentVersion,
      builtVersion: version,
      inputs: partial ? olderOf(before.inputs, commit.claim.inputs) : commit.claim.inputs,
      contentHash: codeOf(name, before, commit),
    });
  }

  #addChecked({ input, version, scanned, partitions }: Checked): void {
    for (const name of partitions) {
      const state = this.#partitions.get(name);
      const built = state?.inputs[input];
      if (!state || built === undefined || built >= version || state.builtVersion > scanned) continue;
      this.#partitions.set(name, { ...state, inputs: { ...state.inputs, [input]: version } });
    }
  }

  #addMarks(entry: LedgerEntry): void {
    if (!entry.merged) return;
    const input = Object.values(entry.claim.inputs)[0];
    const epoch = entry.claim.scopes[entry.claim.dataset];
    if (input === undefined || epoch === undefined) return;
    const tag = claimTag(entry.claim);
    for (const partition of entry.merged) {
      this.#marks.set(partition, { version: input, epoch, contentHash: entry.claim.contentHash, claim: tag });
    }
  }

  get state(): LedgerState {
    return {
      version: this.#version,
      partitions: this.#partitions,
      scopes: this.#scopes,
      marks: this.#marks,
      covered: this.#covered,
      settled: this.#settled,
      lookedAt: this.#lookedAt,
      tombstones: this.#tombstones,
      keyChanges: this.#keyChanges,
    };
  }
}

/** Content hash of a partition whose rows were made by different code: stale for any code until the table is merged anew. */
export const MIXED_CODE = 'mixed';

/**
 * Only merging anew judges every observation by one code. A merge of some keys leaves the others, and a rebuild leaves the
 * rows that the new code refuses (the last good version stays): afterwards the partition is of both codes.
 */
function codeOf(name: string, before: PartitionState | undefined, { kind, claim, ...commit }: LedgerEntry): string {
  const anew = commit.rebuilt?.includes(name) && (commit.merged?.length ?? 0) > 0;
  if (kind !== 'merge' || !before || anew || before.contentHash === claim.contentHash) return claim.contentHash;
  return MIXED_CODE;
}

/** A partition in which a merge touched some keys counts as old as its oldest rows. */
function olderOf(a: Readonly<Record<string, Version>>, b: Readonly<Record<string, Version>>): Record<string, Version> {
  return Object.fromEntries(
    Object.entries(b).map(([input, version]) => [input, Math.min(version, a[input] ?? version)]),
  );
}
