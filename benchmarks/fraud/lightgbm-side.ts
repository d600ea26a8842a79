import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface PythonTask {
  readonly train: string;
  readonly test: string;
  readonly predictions: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly trees: number;
}

/** Of one training. Processor time is that of all threads: on a busy machine it says more than the clock does. */
export interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** A Python that stays, so that its start and imports are not in any time. */
export class LightgbmSide {
  readonly #child: ChildProcess;
  readonly #lines: Interface;

  constructor(python: string) {
    const script = fileURLToPath(new URL('./lightgbm_side.py', import.meta.url));
    // Threads that spin while they wait take the processor from the other side.
    const env = { ...process.env, OMP_WAIT_POLICY: 'passive' };
    this.#child = spawn(python, ['-W', 'ignore', script], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout! });
  }

  async train(task: PythonTask): Promise<Cost & { probabilities: Float64Array }> {
    const answer = new Promise<string>((resolve, reject) => {
      this.#lines.once('line', resolve);
      this.#child.once('exit', (code) => reject(new Error(`Python ended with ${code}`)));
    });
    this.#child.stdin!.write(`${JSON.stringify(task)}\n`);
    const { seconds, cpuSeconds } = JSON.parse(await answer) as Cost;
    this.#child.removeAllListeners('exit');
    const lines = (await readFile(task.predictions, 'utf8')).trim().split('\n');
    return { seconds, cpuSeconds, probabilities: Float64Array.from(lines, Number) };
  }

  close(): void {
    this.#child.stdin!.end();
  }
}
