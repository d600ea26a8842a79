import type { Part } from '../core/graph.ts';
import type { Version } from '../core/ledger.ts';
import type { Snapshot } from '../core/ports.ts';
import type { Ledgers } from '../core/staleness.ts';
import { loadLedgers } from '../lake/load-ledgers.ts';
import type { ObjectStore } from '../lake/object-store.ts';
import { openTable, type Table } from '../lake/table.ts';
import { EMPTY_TABLE, type TableState } from '../lake/table-state.ts';

/** Older versions that are kept folded: a batch asks for the same frozen ones again and again. */
const KEPT_VERSIONS = 64;

/** The tables of one environment. Kept open, so that a look costs what was committed since the last one. */
export class Lake {
  readonly #store: ObjectStore;
  readonly #env: string;
  readonly #tables = new Map<string, Table>();
  readonly #older = new Map<string, Promise<TableState>>();

  constructor(store: ObjectStore, env: string) {
    this.#store = store;
    this.#env = env;
  }

  table(name: string): Table {
    const known = this.#tables.get(name);
    if (known) return known;
    const table = openTable(this.#store, this.#env, name);
    this.#tables.set(name, table);
    return table;
  }

  /** @param version -1: the table as if it did not exist. */
  async stateAt(name: string, version: Version): Promise<TableState> {
    if (version < 0) return EMPTY_TABLE;
    const newest = await this.table(name).load();
    return newest.version === version ? newest : this.#olderState(name, version);
  }

  async snapshotAt(name: string, version: Version): Promise<Snapshot> {
    const table = this.table(name);
    const { files } = await this.stateAt(name, version);
    return {
      dataset: name,
      version,
      files: [...files.values()].map((file) => ({ ...file, uri: table.uriOf(file.path) })),
    };
  }

  /** Ledgers of everything a part owns and reads: as they are, or frozen at a version where one is given. */
  async ledgers(part: Part, frozen: Readonly<Record<string, Version>> = {}): Promise<Ledgers> {
    const names = [...part.sources, ...part.reads, ...part.derived].map((d) => d.name);
    const newest = await loadLedgers(names.map((name) => this.table(name)));
    const ledgers = new Map(newest);
    for (const [name, version] of Object.entries(frozen)) {
      if (newest.get(name)?.version === version) continue;
      ledgers.set(name, (await this.stateAt(name, version)).ledger);
    }
    return ledgers;
  }

  #olderState(name: string, version: Version): Promise<TableState> {
    const id = `${name}@${version}`;
    const known = this.#older.get(id);
    if (known) return known;
    const state = this.table(name).loadAt(version);
    this.#older.set(id, state);
    state.catch(() => this.#older.delete(id));
    const oldest = this.#older.keys().next().value;
    if (this.#older.size > KEPT_VERSIONS && oldest !== undefined) this.#older.delete(oldest);
    return state;
  }
}
