import { Table } from '../../lake/table.ts';
import { type Fault, FaultyStore, type StoreHooks } from './faulty-store.ts';
import type { Prng } from './prng.ts';
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
  readonly #prng: Prng;
  #free: Process[] = [];

  constructor(lake: SharedLake, prng: Prng, hooks: { fault: () => Fault; committed: (path: string) => Promise<void> }) {
    this.#prng = prng;
    this.#make = () => new Process(lake, hooks);
  }

  async with<T>(actor: Actor, work: (process: Process) => Promise<T>): Promise<T> {
    const process = this.#free.pop() ?? this.#make();
    process.actor = actor;
    // Given back also after a crash, mostly: what it remembers of the tables is what a new one would read again.
    const lost = this.#prng.chance(0.2);
    try {
      const result = await work(process);
      this.#free.push(process);
      return result;
    } catch (error) {
      if (!lost) this.#free.push(process);
      throw error;
    }
  }
}
