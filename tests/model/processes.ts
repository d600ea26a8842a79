import { Table } from '../../lake/table.ts';
import { type Fault, FaultyStore, type StoreHooks } from './faulty-store.ts';
import type { Actor } from './scheduler.ts';
import { ENV, type SharedLake } from './shared-lake.ts';

/** A worker process: it keeps what it knows of the tables from one task to the next. */
export class Process {
  actor: Actor | undefined;
  readonly store: FaultyStore;
  readonly #tables = new Map<string, Table>();

  constructor(lake: SharedLake, hooks: Omit<StoreHooks, 'actor'>) {
    this.store = new FaultyStore(lake.store, { ...hooks, actor: () => this.actor! });
  }

  readonly open = (dataset: string): Table => {
    const known = this.#tables.get(dataset);
    if (known) return known;
    const table = new Table(this.store, ENV, dataset, { checkpointEvery: 1_000_000 });
    this.#tables.set(dataset, table);
    return table;
  };
}

/** Hands a process to one actor at a time, a new one where all are busy. */
export class Processes {
  readonly #make: () => Process;
  #free: Process[] = [];

  constructor(lake: SharedLake, hooks: { fault: () => Fault; committed: (path: string) => Promise<void> }) {
    this.#make = () => new Process(lake, hooks);
  }

  async with<T>(actor: Actor, work: (process: Process) => Promise<T>): Promise<T> {
    const process = this.#free.pop() ?? this.#make();
    process.actor = actor;
    // Not given back after an error: a process that crashed is gone, and what it knew with it.
    const result = await work(process);
    process.actor = undefined;
    this.#free.push(process);
    return result;
  }
}
