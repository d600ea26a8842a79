import { bitsetWords, JOB_FIELDS, type TrainingMemory } from './memory.ts';
import { OP, Participant, RESULT } from './participant.ts';
import { noSplit, type Split } from './split.ts';

/** Places in `control`. */
const GENERATION = 0;
const DONE = 1;
export const ABORT = 2;

/** Looks so often before it sleeps: tasks come within microseconds of each other, and waking costs more than that. */
const LOOKS = 2_000;

/** Thread 0's view: tells all threads what to do, does its own share, and waits for theirs. */
export class Crew {
  readonly memory: TrainingMemory;
  readonly #own: Participant;

  constructor(memory: TrainingMemory) {
    this.memory = memory;
    this.#own = new Participant(memory, 0);
  }

  /** `task` beyond its first number has been written already. */
  perform(operation: number): void {
    const { control, task, threads } = this.memory;
    task[0] = operation;
    if (threads > 1) {
      Atomics.store(control, DONE, 0);
      Atomics.add(control, GENERATION, 1);
      Atomics.notify(control, GENERATION);
    }
    this.#own.perform();
    for (let done = Atomics.load(control, DONE); done < threads - 1; done = Atomics.load(control, DONE)) {
      waitWhile(control, DONE, done);
    }
  }

  /** The best split that any thread found for a job; of equals the one of the lowest feature. */
  best(job: number): Split {
    const { results, leftBins, params } = this.memory;
    let winner = -1;
    const field = job * JOB_FIELDS;
    for (const [thread, result] of results.entries()) {
      const gain = result[field + RESULT.gain]!;
      if (gain <= 0) continue;
      const before = winner < 0 ? undefined : results[winner]!;
      const better =
        before === undefined ||
        gain > before[field]! ||
        (gain === before[field]! && result[field + 1]! < before[field + 1]!);
      if (better) winner = thread;
    }
    if (winner < 0) return noSplit();
    const result = results[winner]!;
    const words = bitsetWords(params.bins);
    return {
      gain: result[field + RESULT.gain]!,
      feature: result[field + RESULT.feature]!,
      bin: result[field + RESULT.bin]!,
      missingLeft: result[field + RESULT.missingLeft] === 1,
      leftGradient: result[field + RESULT.gradient]!,
      leftHessian: result[field + RESULT.hessian]!,
      leftBins:
        result[field + RESULT.category] === 1 ? leftBins[winner]!.slice(job * words, (job + 1) * words) : undefined,
    };
  }

  get aborted(): boolean {
    return Atomics.load(this.memory.control, ABORT) === 1;
  }

  /** Lets the other threads go home. */
  end(): void {
    if (this.memory.threads > 1) this.perform(OP.end);
  }
}

/** A thread other than 0: does its share until the end. */
export function serve(memory: TrainingMemory, thread: number): void {
  const { control } = memory;
  const own = new Participant(memory, thread);
  for (let seen = 0, more = true; more; seen++) {
    waitWhile(control, GENERATION, seen);
    more = own.perform();
    Atomics.add(control, DONE, 1);
    Atomics.notify(control, DONE);
  }
}

function waitWhile(control: Int32Array, place: number, value: number): void {
  for (let look = 0; look < LOOKS; look++) if (Atomics.load(control, place) !== value) return;
  while (Atomics.load(control, place) === value) Atomics.wait(control, place, value);
}
