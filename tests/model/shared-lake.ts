import type { Dataset } from '../../core/dataset.ts';
import { EMPTY_LEDGER, type LedgerEntry, type Version } from '../../core/ledger.ts';
import { mergeSource } from '../../core/pending.ts';
import type { Ledgers } from '../../core/staleness.ts';
import { MemoryStore } from '../../lake/memory-store.ts';
import { Table } from '../../lake/table.ts';
import { EMPTY_TABLE, type TableState } from '../../lake/table-state.ts';
import { bronzePartition } from './toy-observe.ts';
import { Files, keyOf, type Row } from './toy-rows.ts';

export const ENV = 'toy';

export interface Committed {
  readonly dataset: string;
  readonly entry: LedgerEntry;
  readonly before: TableState;
  readonly state: TableState;
}

/** The one lake that all processes share, and every state it was ever in. */
export class SharedLake {
  readonly store = new MemoryStore();
  readonly files = new Files();
  readonly #observers = new Map<string, Table>();
  readonly #states = new Map<string, TableState[]>();

  /** What a put of a commit file made. @returns undefined for other files */
  async observe(path: string): Promise<Committed | undefined> {
    const parts = /^toy\/([^/]+)\/([^/]+)\/_delta_log\//.exec(path);
    if (!parts) return undefined;
    const dataset = `${parts[1]}.${parts[2]}`;
    const observer = this.#observers.get(dataset) ?? new Table(this.store, ENV, dataset);
    this.#observers.set(dataset, observer);
    const before = this.newest(dataset);
    const state = await observer.load();
    this.#states.set(dataset, [...(this.#states.get(dataset) ?? []), state]);
    const entry = await observer.entryAt(state.version);
    return { dataset, entry: entry!, before, state };
  }

  newest(dataset: string): TableState {
    return this.#states.get(dataset)?.at(-1) ?? EMPTY_TABLE;
  }

  at(dataset: string, version: Version): TableState {
    const state = version < 0 ? EMPTY_TABLE : this.#states.get(dataset)?.[version];
    if (!state || state.version !== version) throw new Error(`${dataset} has no version ${version}`);
    return state;
  }

  ledgers(versions: Readonly<Record<string, Version>>): Ledgers {
    return new Map(Object.entries(versions).map(([name, v]) => [name, v < 0 ? EMPTY_LEDGER : this.at(name, v).ledger]));
  }

  rows(dataset: string, version: Version, partition?: string): Row[] {
    return this.files.rowsOf(this.at(dataset, version), partition);
  }

  /** Observations of one bronze partition, with what names them. */
  observations(merged: Dataset & { kind: 'derived' }, version: Version, partition: string): Row[] {
    const source = mergeSource(merged);
    return this.rows(source.name, version, partition).map((row) => ({
      ...row,
      _tie: keyOf(source, row),
      _bronze_partition: bronzePartition(source, row),
    }));
  }
}
