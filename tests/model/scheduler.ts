import type { Prng } from './prng.ts';

/** The process of an actor is gone; nothing of it runs on. */
export class Crash extends Error {}

interface Parked {
  readonly actor: Actor;
  readonly label: string;
  readonly ready: () => boolean;
  /** Gives up waiting now and then while there is chaos. */
  readonly impatient: boolean;
  /** Stands still until so many steps were made. */
  readonly wakes: number;
  readonly resume: (how: 'ready' | 'timeout') => void;
}

export class Actor {
  readonly name: string;
  /** What it belongs to: the run or the convergence that began it. */
  readonly group: number;
  readonly #scheduler: Scheduler;
  done = false;
  error: unknown;

  constructor(name: string, group: number, scheduler: Scheduler) {
    this.name = name;
    this.group = group;
    this.#scheduler = scheduler;
  }

  /** Somebody else may go on here. */
  async step(label: string): Promise<void> {
    await this.#scheduler.park(this, label, () => true, false);
  }

  /** As {@link step}, where a long pause is most dangerous: after looking, before writing. */
  async linger(label: string): Promise<void> {
    await this.#scheduler.park(this, label, () => true, false, 0.2);
  }

  /** Goes on once the condition holds, or, impatient, perhaps earlier. */
  until(label: string, ready: () => boolean, impatient = false): Promise<'ready' | 'timeout'> {
    return this.#scheduler.park(this, label, ready, impatient);
  }
}

/** Runs actors one at a time; who goes on at each step is chance. */
export class Scheduler {
  readonly #prng: Prng;
  #parked: Parked[] = [];
  #running = 0;
  #quiet: (() => void) | undefined;
  #groups = 0;
  #steps = 0;
  /** Goes on while the others stand still. */
  #favourite: number | undefined;
  chaos = true;
  /** All go on by equal chance; otherwise some are paused for long while others get far. Both find what the other does not. */
  fair = false;

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  /** @param parent whose group it joins; without one it begins a group of its own */
  spawn(name: string, work: (actor: Actor) => Promise<void>, parent?: Actor): Actor {
    const actor = new Actor(name, parent?.group ?? this.#groups++, this);
    this.#running += 1;
    void actor
      .step('start')
      .then(() => work(actor))
      .catch((error: unknown) => {
        actor.error = error;
      })
      .finally(() => {
        actor.done = true;
        this.#rest();
      });
    return actor;
  }

  park(
    actor: Actor,
    label: string,
    ready: () => boolean,
    impatient: boolean,
    napping = 0.03,
  ): Promise<'ready' | 'timeout'> {
    return new Promise((resume) => {
      // A process is stopped, or swaps, or its network is slow: the others get far.
      const nap = this.chaos && !this.fair && this.#prng.chance(napping) ? 20 + this.#prng.int(150) : 0;
      this.#parked.push({ actor, label, ready, impatient, wakes: this.#steps + nap, resume });
      this.#rest();
    });
  }

  /** Lets one actor go on to its next step. @returns false when none can */
  async advance(): Promise<boolean> {
    const able = this.#parked.filter((p) => p.ready() || (p.impatient && this.chaos && this.#prng.chance(0.03)));
    if (able.length === 0) return false;
    this.#steps += 1;
    const awake = able.filter((p) => p.wakes <= this.#steps);
    const chosen = this.#choose(awake.length > 0 ? awake : able);
    this.#parked = this.#parked.filter((p) => p !== chosen);
    this.#running += 1;
    const quiet = new Promise<void>((resolve) => {
      this.#quiet = resolve;
    });
    chosen.resume(chosen.ready() ? 'ready' : 'timeout');
    await quiet;
    return true;
  }

  /** Long pauses of some while others get far: single steps in turn would never let one fall far behind. */
  #choose(able: readonly Parked[]): Parked {
    if (this.fair) return this.#prng.pick(able);
    if (this.#prng.chance(0.04))
      this.#favourite = this.#prng.chance(0.3) ? undefined : this.#prng.pick(able).actor.group;
    const favoured = able.filter((p) => p.actor.group === this.#favourite);
    return this.#prng.pick(favoured.length > 0 ? favoured : able);
  }

  get waiting(): readonly { readonly actor: Actor; readonly label: string }[] {
    return this.#parked;
  }

  #rest(): void {
    this.#running -= 1;
    if (this.#running === 0) this.#quiet?.();
  }
}
