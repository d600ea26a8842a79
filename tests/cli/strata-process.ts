import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const BIN = fileURLToPath(new URL('../../bin/strata.mjs', import.meta.url));
export const SHOP_PROJECT = fileURLToPath(new URL('../workflows/shop/project.ts', import.meta.url));

export interface Place {
  readonly cwd: string;
  /** On top of a clean environment. */
  readonly variables?: Readonly<Record<string, string>>;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The machine's own STRATA_ settings must not decide a test. */
export function environment(variables: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(STRATA_(?!CACHE)|TEMPORAL_|AWS_|DEBUG$)/.test(name));
  return { ...Object.fromEntries(own), ...variables };
}

/** A `strata` that runs, with all it printed so far. */
export class RunningStrata {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';

  constructor({ cwd, variables }: Place, args: readonly string[], bin = BIN) {
    this.child = spawn(process.execPath, [bin, ...args], {
      cwd,
      env: environment(variables),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk) => {
      this.stdout += chunk;
    });
    this.child.stderr?.on('data', (chunk) => {
      this.stderr += chunk;
    });
    this.ended = once(this.child, 'close').then(([code]) => ({
      code: code as number | null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  /** Resolves when it has printed this. @throws when it ends without having done so */
  async printed(text: string | RegExp): Promise<void> {
    const seen = () => (typeof text === 'string' ? this.#all.includes(text) : text.test(this.#all));
    let over = false;
    this.ended.then(() => {
      over = true;
    });
    while (!seen()) {
      if (over) throw new Error(`strata ended without printing ${text}:\n${this.#all}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  signal(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }

  get #all(): string {
    return this.stdout + this.stderr;
  }
}

export const startStrata = (place: Place, ...args: readonly string[]): RunningStrata => new RunningStrata(place, args);
export const strata = (place: Place, ...args: readonly string[]): Promise<Ended> => startStrata(place, ...args).ended;
