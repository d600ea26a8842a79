import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MINUTES } from '../patience.ts';
import type { Company } from './company.ts';
import { crashed } from './crashes.ts';

const STRATA = fileURLToPath(new URL('../../bin/strata.mjs', import.meta.url));

export type Variables = Readonly<Record<string, string | undefined>>;

/** What a process of the company is told, and nothing of the settings of whoever runs the tests. */
export function environmentOf(company: Company, more: Variables = {}): NodeJS.ProcessEnv {
  const foreign = /^(STRATA_|TEMPORAL_|AWS_|POSTGRES_URL|MONGODB_URL)/;
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  return { ...own, STRATA_PROJECT: company.projectFile, STRATA_NOW: company.now, ...company.variables, ...more };
}

export interface CliEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `strata` with these arguments, run to its end as a person would run it. */
export async function strata(company: Company, args: readonly string[], more: Variables = {}): Promise<CliEnd> {
  const child = spawn(process.execPath, [STRATA, ...args], {
    cwd: company.folder,
    env: environmentOf(company, more),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
}

const living = new Set<WorkerProcess>();
// When the test run itself is ended.
process.once('exit', () => {
  for (const worker of living) worker.signal('SIGKILL');
});

/** No worker outlives its test file. @param of default: of every company */
export async function endWorkers(of?: Company): Promise<void> {
  const all = [...living].filter((worker) => of === undefined || worker.company === of);
  await Promise.all(all.map((worker) => worker.end('SIGKILL')));
}

/** `strata worker` in a process of its own, to be killed, put to sleep and woken. */
export class WorkerProcess {
  readonly company: Company;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #said = '';
  #toldToEnd = false;

  private constructor(company: Company, child: ChildProcess) {
    this.company = company;
    this.#child = child;
    this.#ended = once(child, 'exit');
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
    });
  }

  /**
   * Resolves when it polls.
   * @param options shell: what bash does before it becomes the worker, such as `ulimit -S -f 64;`; queues: default all
   */
  static async start(
    company: Company,
    { shell = '', queues, more = {} }: { shell?: string; queues?: string; more?: Variables } = {},
  ): Promise<WorkerProcess> {
    const command = [process.execPath, STRATA, 'worker', ...(queues === undefined ? [] : ['--queues', queues])];
    const child = spawn('bash', ['-c', `${shell} exec "$0" "$@"`, ...command], {
      cwd: company.folder,
      env: environmentOf(company, more),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const worker = new WorkerProcess(company, child);
    living.add(worker);
    worker.#ended.then(() => {
      living.delete(worker);
      if (!worker.#toldToEnd) crashed(company.settings.temporal.namespace, worker.#crash());
    });
    while (!worker.#said.includes('serving ')) {
      await worker.#inTime('does not serve', Promise.race([once(child.stderr!, 'data'), worker.#ended]));
      if (!worker.lives) throw worker.#crash();
    }
    return worker;
  }

  get lives(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Its warnings and errors so far. */
  get said(): string {
    return this.#said;
  }

  signal(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): void {
    if (signal === 'SIGKILL' || signal === 'SIGTERM') this.#toldToEnd = true;
    this.#child.kill(signal);
  }

  /** Resolves when the process is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (!this.lives) return;
    // A sleeper hears nothing but this.
    if (signal === 'SIGTERM') this.signal('SIGCONT');
    this.signal(signal);
    await this.#inTime('does not end', this.#ended);
  }

  #crash(): Error {
    const { exitCode, signalCode } = this.#child;
    return new Error(`The worker ended by itself, with ${signalCode ?? `code ${exitCode}`}. It said:\n${this.#said}`);
  }

  /** @throws when it takes too long, with what the worker has said */
  async #inTime(what: string, done: Promise<unknown>): Promise<void> {
    const over = new AbortController();
    const late = sleep(2 * MINUTES, undefined, { signal: over.signal, ref: false }).then(() => {
      throw new Error(`The worker ${what}. It said:\n${this.#said}`);
    });
    try {
      await Promise.race([done, late]);
    } finally {
      late.catch(() => undefined);
      over.abort();
    }
  }
}
