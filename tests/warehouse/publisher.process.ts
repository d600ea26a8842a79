import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface PublisherArguments {
  readonly path: string;
  readonly files: string;
  readonly pipeline: string;
  readonly lastCut: number;
  readonly pauseAt?: string;
  readonly seed?: number;
  /** Largest file the process may write, in KiB. */
  readonly fileSizeLimit?: number;
}

const started = new Set<Publisher>();

/** Ends what a failed test left running, sleepers too. */
export async function endPublishers(): Promise<void> {
  await Promise.all(
    [...started].map((publisher) => {
      publisher.signal('SIGKILL');
      return publisher.exit;
    }),
  );
}

/** A publishing process of our own; ended by its own id only. */
export class Publisher {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly exit: Promise<number | null>;
  output = '';

  constructor(args: PublisherArguments) {
    const script = fileURLToPath(new URL('./publisher.child.ts', import.meta.url));
    const { path, files, pipeline, lastCut, pauseAt = 'none', seed = 1, fileSizeLimit } = args;
    const command = [
      process.execPath,
      '--import',
      'tsx',
      script,
      path,
      files,
      pipeline,
      String(lastCut),
      pauseAt,
      String(seed),
    ];
    this.#child =
      fileSizeLimit === undefined
        ? spawn(command[0]!, command.slice(1))
        : spawn('sh', ['-c', `ulimit -f ${fileSizeLimit * 2}; exec "$@"`, 'sh', ...command]);
    started.add(this);
    this.exit = once(this.#child, 'exit').then(([code]) => {
      started.delete(this);
      return code as number | null;
    });
    this.#child.stdout.on('data', (chunk) => {
      this.output += chunk;
    });
    this.#child.stderr.on('data', (chunk) => {
      this.output += chunk;
    });
  }

  async says(line: string, timeoutMillis = 40_000): Promise<void> {
    const end = Date.now() + timeoutMillis;
    while (!this.output.split('\n').includes(line)) {
      if (Date.now() > end) throw new Error(`never said ${line}: ${this.output}`);
      if (this.#child.exitCode !== null) throw new Error(`ended without ${line}: ${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  resume(): void {
    this.#child.stdin.write('go\n');
  }
}
