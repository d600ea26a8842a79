import { StrataError } from '../../core/errors.ts';
import { MemoryStore } from '../../lake/memory-store.ts';
import type { ListOptions } from '../../lake/object-store.ts';
import type { Actor } from './scheduler.ts';
import { Crash } from './scheduler.ts';

/** What can happen to a commit on its way. */
export type Fault = 'none' | 'crash before' | 'crash after' | 'unreachable' | 'lost answer' | 'answered no';

export interface StoreHooks {
  readonly actor: () => Actor;
  readonly fault: () => Fault;
  /** Called within the put that made it, before anybody else goes on. */
  readonly committed: (path: string) => Promise<void>;
}

/** One process's way to the store that all share: others go on at every look at a log and around every commit. */
export class FaultyStore extends MemoryStore {
  readonly #shared: MemoryStore;
  readonly #hooks: StoreHooks;

  constructor(shared: MemoryStore, hooks: StoreHooks) {
    super();
    this.#shared = shared;
    this.#hooks = hooks;
  }

  override get(...args: Parameters<MemoryStore['get']>): ReturnType<MemoryStore['get']> {
    return this.#shared.get(...args);
  }

  override getText(path: string): Promise<string | undefined> {
    return this.#shared.getText(path);
  }

  override async *listPaths(prefix: string, options?: ListOptions): AsyncGenerator<string> {
    if (prefix.endsWith('_delta_log/')) await this.#hooks.actor().step(`look at ${prefix}`);
    yield* this.#shared.listPaths(prefix, options);
  }

  override async putIfAbsent(path: string, bytes: Uint8Array | string): Promise<boolean> {
    await this.#hooks.actor().step(`put ${path}`);
    const fault = this.#hooks.fault();
    if (fault === 'crash before') throw new Crash();
    if (fault === 'unreachable') throw new StrataError('unreachable', `no answer to put ${path}`);
    const won = await this.#shared.putIfAbsent(path, bytes);
    if (won) await this.#hooks.committed(path);
    if (fault === 'crash after') throw new Crash();
    if (fault === 'lost answer') throw new StrataError('unreachable', `no answer to put ${path}`);
    return fault === 'answered no' ? false : won;
  }

  override async put(path: string, bytes: Uint8Array | string): Promise<void> {
    await this.#hooks.actor().step(`overwrite ${path}`);
    await this.#shared.put(path, bytes);
    await this.#hooks.committed(path);
  }
}
