import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Admission, admit } from '../core/claims.ts';
import { StrataError } from '../core/errors.ts';
import type { Claim, LedgerEntry, LedgerState, Version } from '../core/ledger.ts';
import type { Snapshot } from '../core/ports.ts';
import { newestCheckpoint, readCheckpoint, writeCheckpoint } from './checkpoints.ts';
import { type Commit, printActions } from './delta-actions.ts';
import { readCommit, readTail } from './delta-log.ts';
import type { TableColumn } from './delta-schema.ts';
import { foldLedger } from './fold-ledger.ts';
import { commitFile, tableFolder } from './layout.ts';
import type { ObjectStore } from './object-store.ts';
import { actionsOf, type Prepared } from './table-commit.ts';
import { EMPTY_TABLE, foldCommits, type TableState } from './table-state.ts';

export interface CommitRequest {
  readonly claim: Claim;
  /** Those known before the work; what `prepare` names comes on top. Checked against going back in time. */
  readonly partitions: readonly string[];
  /** All columns of the files, without `_partition`: see core/lake-columns.ts. */
  readonly columns: readonly TableColumn[];
  /** Called once per try, with the state that the commit would follow; makes new files only when the state asks for others. */
  readonly prepare: (state: TableState) => Promise<Prepared>;
}

export interface CommitResult {
  readonly version: Version;
  readonly entry: LedgerEntry;
  /** Another call with the same claim did it before. Files of this one that the table does not name: vacuum takes them. */
  readonly twin: boolean;
}

export interface TableOptions {
  /** Tries for a version before giving up as `conflict`; default 60. */
  readonly tries?: number;
  /** Commits between two checkpoints; default 100. */
  readonly checkpointEvery?: number;
  /** A checkpoint that failed: the commit stands, and a later one tries again. Default: a warning of the process. */
  readonly onWarning?: (error: unknown) => void;
}

/** Failed puts of one commit before the error goes to the caller. */
const PUT_FAILURES = 3;

/** One table of the lake. Keeps its state and reads only what was committed since. */
export class Table {
  readonly dataset: string;
  readonly store: ObjectStore;
  /** The table's folder in the store. DataFile paths are relative to it. */
  readonly folder: string;
  readonly #tries: number;
  readonly #checkpointEvery: number;
  readonly #onWarning: (error: unknown) => void;
  /** Newest checkpoint known; undefined: not looked for. */
  #checkpoint: Version | undefined;
  #state: TableState = EMPTY_TABLE;
  /** Read for planning: may be ahead of the state, and lacks scopes. */
  #ledger: LedgerState | undefined;
  #running: Promise<TableState> | undefined;
  #queued: Promise<TableState> | undefined;

  constructor(store: ObjectStore, env: string, dataset: string, options: TableOptions = {}) {
    this.store = store;
    this.dataset = dataset;
    this.folder = tableFolder(env, dataset);
    this.#tries = options.tries ?? 60;
    this.#checkpointEvery = options.checkpointEvery ?? 100;
    this.#onWarning = options.onWarning ?? ((error) => process.emitWarning(error as Error));
  }

  /** The newest state: holds every commit acknowledged before the call. */
  load(): Promise<TableState> {
    if (!this.#running) {
      this.#running = this.#refresh().finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    // What runs may have listed before a commit that our caller knows of; one more look serves all who wait.
    this.#queued ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#queued = undefined;
        return this.load();
      });
    return this.#queued;
  }

  /** The newest ledger alone, without files. loadLedgers reads many at once. */
  async loadLedger(): Promise<LedgerState> {
    const known = this.#knownLedger();
    if (!known) return (await this.load()).ledger;
    const commits = await readTail(this.store, this.folder, known.version, { only: 'ledger' });
    return this.keepLedger(foldLedger(known, commits));
  }

  /** A ledger that was read for planning: only what comes after it has to be read next time. It may lack its scopes. */
  keepLedger(ledger: LedgerState): LedgerState {
    // Two loads may overlap: the newer stays.
    if (ledger.version > (this.#ledger?.version ?? -1)) this.#ledger = ledger;
    return ledger;
  }

  /** True when a ledger was read before, so that only what came since has to be. */
  get knowsLedger(): boolean {
    return this.#knownLedger() !== undefined;
  }

  #knownLedger(): LedgerState | undefined {
    const { version, ledger } = this.#state;
    if (version < 0 || version < (this.#ledger?.version ?? -1)) return this.#ledger;
    return ledger;
  }

  /**
   * @param version -1: as if the table did not exist
   * @throws bad_input when the table has no such version
   */
  async loadAt(version: Version): Promise<TableState> {
    const newest = this.#state.version >= version ? this.#state : await this.load();
    if (newest.version === version) return newest;
    if (version < 0) return EMPTY_TABLE;
    if (version > newest.version) throw this.noSuchVersion(version, newest.version);
    const base = await this.#base(await newestCheckpoint(this.store, this.folder, version));
    return foldCommits(base, await readTail(this.store, this.folder, base.version, { upTo: version }), this.folder);
  }

  noSuchVersion(version: Version, newest: Version): StrataError {
    return new StrataError('bad_input', `${this.dataset} has no version ${version}`, {
      where: this.store.uri(this.folder),
      hint: newest < 0 ? 'The table does not exist yet.' : `Its versions are 0 to ${newest}.`,
    });
  }

  /** Without a version: the newest; a table that does not exist has version -1 and no files. */
  async snapshot(version?: Version): Promise<Snapshot> {
    const state = version === undefined ? await this.load() : await this.loadAt(version);
    const files = [...state.files.values()].map((file) => ({ ...file, uri: this.uriOf(file.path) }));
    return { dataset: this.dataset, version: state.version, files };
  }

  /** The ledger entry of one version; undefined when that commit has none or does not exist. */
  async entryAt(version: Version): Promise<LedgerEntry | undefined> {
    return (await readCommit(this.store, this.folder, version))?.entry;
  }

  /** Where DuckDB finds a path of this table. */
  uriOf(path: string): string {
    return this.store.uri(`${this.folder}/${path}`);
  }

  /**
   * Makes the next version, once. After an error nobody knows whether it happened: call again with the same claim, and leave
   * the files to vacuum.
   * @throws fenced, conflict (many lost races), storage, source_mismatch (a column was retyped).
   */
  async commit(request: CommitRequest): Promise<CommitResult> {
    const attempt = randomUUID();
    let failures = 0;
    for (let tries = 0; tries < this.#tries; tries++) {
      if (tries > 0) await sleep(Math.random() * Math.min(1000, 10 * 2 ** tries));
      const state = await this.load();
      const admission = admit(state.ledger, request.claim, request.partitions);
      if (admission.kind === 'done') return this.#done(admission, attempt);
      const prepared = await request.prepare(state);
      checkEntry(prepared.entry, request.claim);
      admit(state.ledger, request.claim, Object.keys(prepared.entry.partitions));
      const actions = actionsOf(this.dataset, state, request.columns, prepared, attempt);
      const version = state.version + 1;
      try {
        const won = await this.store.putIfAbsent(commitFile(this.folder, version), printActions(actions));
        if (won) {
          await this.#checkpointAfter(version);
          return { version, entry: prepared.entry, twin: false };
        }
      } catch (error) {
        // The put may have arrived although the answer did not: the next look at the log tells.
        if (!(error instanceof StrataError) || error.kind === 'terminal' || ++failures >= PUT_FAILURES) throw error;
      }
    }
    throw new StrataError('conflict', `${this.dataset}: lost ${this.#tries} races for a version`, {
      where: this.store.uri(this.folder),
      hint: 'Many writers commit to this table at once; it is tried again.',
    });
  }

  /**
   * Takes the right to write from a claim that has not committed: whoever still works on it is refused at its commit.
   * @returns `committed`: too late, its work is in the table. `fenced`: it had lost its right already.
   */
  async cancel(claim: Claim, columns: readonly TableColumn[]): Promise<'cancelled' | 'committed' | 'fenced'> {
    const cancelling: Claim = { ...claim, inputs: {}, run: `cancel of ${claim.run}` };
    const entry: LedgerEntry = {
      format: 1,
      kind: 'cancel',
      claim: cancelling,
      partitions: {},
      counts: { rowsIn: 0, rowsOut: 0, quarantined: 0, bytes: 0, millis: 0 },
    };
    try {
      await this.commit({
        claim: cancelling,
        partitions: [],
        columns,
        prepare: async () => ({ adds: [], removes: [], entry }),
      });
      return 'cancelled';
    } catch (error) {
      if (!(error instanceof StrataError) || error.code !== 'fenced') throw error;
      const mine = JSON.stringify(claim);
      const { scopes } = (await this.load()).ledger;
      return Object.keys(claim.scopes).some((scope) => scopes.get(scope)?.claim === mine) ? 'committed' : 'fenced';
    }
  }

  async #refresh(): Promise<TableState> {
    if (this.#checkpoint === undefined) {
      const checkpoint = await newestCheckpoint(this.store, this.folder);
      this.#state = await this.#base(checkpoint);
      this.#checkpoint = checkpoint;
    }
    const commits = await readTail(this.store, this.folder, this.#state.version);
    this.#state = foldCommits(this.#state, commits, this.folder);
    return this.#state;
  }

  #base(checkpoint: Version): Promise<TableState> | TableState {
    return checkpoint < 0 ? EMPTY_TABLE : readCheckpoint(this.store, this.folder, checkpoint);
  }

  /** Never fails: the commit stands. */
  async #checkpointAfter(version: Version): Promise<void> {
    const due = () => version - (this.#checkpoint ?? -1) >= this.#checkpointEvery;
    if (!due()) return;
    try {
      this.#checkpoint = await newestCheckpoint(this.store, this.folder);
      if (!due()) return;
      const state = await this.load();
      await writeCheckpoint(this.store, this.folder, state);
      this.#checkpoint = state.version;
    } catch (error) {
      this.#onWarning(error);
    }
  }

  async #done(admission: Admission & { kind: 'done' }, attempt: string): Promise<CommitResult> {
    const commit: Commit | undefined = await readCommit(this.store, this.folder, admission.version);
    if (!commit?.entry) {
      throw new StrataError('corrupt', `${this.dataset} lost its version ${admission.version}`, {
        where: this.store.uri(commitFile(this.folder, admission.version)),
      });
    }
    return { version: admission.version, entry: commit.entry, twin: commit.attempt !== attempt };
  }
}

function checkEntry(entry: LedgerEntry, claim: Claim): void {
  if (JSON.stringify(entry.claim) === JSON.stringify(claim)) return;
  throw new StrataError('internal', `${claim.dataset}: the ledger entry carries another claim than the one committed`);
}

/** @param dataset a dataset, or the name of one such as `silver.payment` or `quarantine.silver__payment`. */
export function openTable(
  store: ObjectStore,
  env: string,
  dataset: string | { readonly name: string },
  options: TableOptions = {},
): Table {
  return new Table(store, env, typeof dataset === 'string' ? dataset : dataset.name, options);
}
