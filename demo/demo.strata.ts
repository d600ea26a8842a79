import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../bin/strata.mjs', import.meta.url));

/** The `strata` command as a user types it, one call after the other. */
export class StrataCommand {
  readonly #environment: () => Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;

  /** @param environment the variables of the next call */
  constructor(environment: () => Readonly<Record<string, string>>) {
    this.#environment = environment;
  }

  /** Runs a command that prints JSON; what it says meanwhile is shown. @throws when its exit code is not 0 */
  async json<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await this.#run([...args, '--json'])) as T;
  }

  /** The command that runs is told to end. */
  interrupt(): void {
    this.#child?.kill('SIGINT');
  }

  #run(args: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [BIN, ...args], {
        env: { ...process.env, ...this.#environment() },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      this.#child = child;
      const output: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
      child.on('error', reject);
      child.on('close', (code) => {
        this.#child = undefined;
        if (code === 0) resolve(Buffer.concat(output).toString('utf8'));
        else reject(new Error(`strata ${args.join(' ')} ended with exit code ${code}`));
      });
    });
  }
}
