import { StrataError } from '../../core/errors.ts';
import type { Count } from './count.ts';
import type { Fault } from './faulty-store.ts';
import type { Prng } from './prng.ts';
import { type Process, Processes } from './processes.ts';
import { type Actor, Crash, type Scheduler } from './scheduler.ts';
import type { SharedLake } from './shared-lake.ts';

/** Runs activities in worker processes, where every put may go wrong. */
export class Activities {
  readonly #scheduler: Scheduler;
  readonly #prng: Prng;
  readonly #count: Count;
  readonly #processes: Processes;
  /** An error that nobody else may see. */
  failure: unknown;

  constructor(
    lake: SharedLake,
    scheduler: Scheduler,
    prng: Prng,
    count: Count,
    committed: (path: string) => Promise<void>,
  ) {
    this.#scheduler = scheduler;
    this.#prng = prng;
    this.#count = count;
    this.#processes = new Processes(lake, prng, { fault: () => this.#fault(), committed });
  }

  #fault(): Fault {
    if (!this.#scheduler.chaos || !this.#prng.chance(0.25)) return 'none';
    const fault = this.#prng.pick<Fault>(['crash before', 'crash after', 'unreachable', 'lost answer', 'answered no']);
    this.#count(fault);
    return fault;
  }

  /** As Temporal runs an activity: again after a crash, and beside an attempt that seems dead. */
  async run<T>(actor: Actor, name: string, work: (process: Process) => Promise<T>): Promise<T> {
    for (let n = 1; ; n += 1) {
      let result: { value: T } | undefined;
      // A second attempt is a group of its own: the first may be paused for long.
      const task = async (self: Actor) => {
        try {
          result = { value: await this.#processes.with(self, work) };
        } catch (error) {
          // Nobody may be waiting any more for an attempt that seemed dead.
          const known = error instanceof StrataError && ['fenced', 'conflict', 'unreachable'].includes(error.code);
          if (!known && !(error instanceof Crash)) this.failure ??= error;
          throw error;
        }
      };
      const attempt = this.#scheduler.spawn(`${name}#${n}`, task, n === 1 ? actor : undefined);
      const how = await actor.until(`waits for ${name}`, () => attempt.done, n < 4);
      if (how === 'timeout') {
        this.#count('zombie');
        continue;
      }
      if (result) return result.value;
      const transient = attempt.error instanceof StrataError && attempt.error.kind === 'transient';
      if (!(attempt.error instanceof Crash) && !transient) throw attempt.error;
      this.#count(transient ? `retry ${(attempt.error as StrataError).code}` : 'retry crash');
    }
  }
}
