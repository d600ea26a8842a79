import cliProgress, { type SingleBar } from 'cli-progress';
import type { WorkflowProgress } from '../workflows/messages.ts';
import { duration } from './human.ts';
import type { Output } from './output.ts';
import type { Retry } from './retries.ts';
import { Retries } from './retries-view.ts';

/** Shows how far a workflow is. */
export interface ProgressView {
  update(progress: WorkflowProgress): void;
  /** What failed and is tried again; each is shown once. */
  retries(waiting: readonly Retry[]): void;
  /** What people should know although the workflow does not tell it. */
  say(text: string): void;
  end(): void;
}

/** A bar where somebody watches; else a line whenever something happened. */
export const progressView = (out: Output): ProgressView => (out.interactive ? new Bar(out) : new Lines(out));

class Bar implements ProgressView {
  readonly #out: Output;
  readonly #retries: Retries;
  readonly #bar: SingleBar;
  #started = false;

  constructor(out: Output) {
    const format = '{bar} {value}/{total}  {state}  {elapsed}';
    const options = { format, stream: out.stderr, hideCursor: true, barsize: 30 };
    this.#out = out;
    this.#bar = new cliProgress.SingleBar(options, cliProgress.Presets.shades_classic);
    this.#retries = new Retries(out);
  }

  readonly #since = Date.now();

  update(progress: WorkflowProgress): void {
    const payload = { state: describe(progress), elapsed: duration(Date.now() - this.#since) };
    if (!this.#started) this.#bar.start(Math.max(1, progress.total), progress.done, payload);
    this.#started = true;
    this.#bar.setTotal(Math.max(1, progress.total));
    this.#bar.update(progress.done, payload);
  }

  retries(waiting: readonly Retry[]): void {
    // The bar goes on below what is printed.
    this.#retries.show(waiting, () => this.end());
  }

  say(text: string): void {
    this.end();
    this.#out.note(text);
  }

  end(): void {
    if (this.#started) this.#bar.stop();
    this.#started = false;
  }
}

/** Within a phase a line is worth printing this often. */
const QUIET_MILLIS = 5000;

class Lines implements ProgressView {
  readonly #out: Output;
  readonly #retries: Retries;
  readonly #since = Date.now();
  #phase = '';
  #last = '';
  #shownAt = 0;
  readonly #shown = new Map<string, string>();

  constructor(out: Output) {
    this.#out = out;
    this.#retries = new Retries(out);
  }

  retries(waiting: readonly Retry[]): void {
    this.#retries.show(waiting);
  }

  update(progress: WorkflowProgress): void {
    const phase = `${progress.paused}${progress.state}`;
    const text = `${describe(progress)}, ${progress.done} of ${progress.total}`;
    const due = phase !== this.#phase || Date.now() - this.#shownAt > QUIET_MILLIS;
    if (due && text !== this.#last) {
      this.#line(text);
      [this.#phase, this.#last, this.#shownAt] = [phase, text, Date.now()];
    }
    for (const { dataset, message } of progress.failures) {
      if (this.#shown.get(dataset) !== message) this.#line(`failed: ${dataset}: ${message}`);
      this.#shown.set(dataset, message);
    }
  }

  say(text: string): void {
    this.#line(text);
  }

  end(): void {}

  #line(text: string): void {
    this.#out.note(`${duration(Date.now() - this.#since).padStart(8)}  ${text}`);
  }
}

function describe({ state, paused, datasets, failures }: WorkflowProgress): string {
  const busy = datasets.filter((d) => d.state.startsWith('ingesting')).length;
  const failed = failures.length > 0 ? `, ${failures.length} failed` : '';
  return `${paused ? 'paused, ' : ''}${state || 'starting'}${busy > 0 ? ` (${busy} at once)` : ''}${failed}`;
}
