import { setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { type DatasetProgress, progressQuery, type Reason, type WorkflowProgress } from './messages.ts';
import { SEARCH_ATTRIBUTES } from './search-attributes.ts';

const NOTHING = { rowsIn: 0, rowsOut: 0, quarantined: 0, bytes: 0, millis: 0 };
/** The UI's details hold 20 kB. */
const LONGEST_DETAILS = 18_000;
const MOST_NOTES = 20;

/** What a workflow shows: a table in the UI's details, the state as search attribute, all of it as a query. */
export class Progress {
  readonly #title: string;
  readonly #datasets = new Map<string, DatasetProgress>();
  readonly #failures: Reason[] = [];
  readonly #notes: Reason[] = [];
  #state = '';
  #done = 0;
  #total = 0;
  paused = false;

  constructor(title: string) {
    this.#title = title;
    setHandler(progressQuery, () => this.snapshot());
  }

  get state(): string {
    return this.#state;
  }

  /** A phase such as `ingesting`; also the search attribute StrataState. */
  enter(state: string): void {
    if (state === this.#state) return;
    this.#state = state;
    upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.state, value: state }]);
    this.#show();
  }

  /** Steps of the whole work, as far as they are known. */
  expect(steps: number): void {
    this.#total += steps;
    this.#show();
  }

  step(count = 1): void {
    this.#done += count;
    this.#show();
  }

  set(dataset: string, state: string): void {
    this.#datasets.set(dataset, { ...(this.#datasets.get(dataset) ?? { dataset, ...NOTHING }), state });
    this.#show();
  }

  /** Adds counts to a dataset's row. */
  add(dataset: string, state: string, counts: Partial<Omit<DatasetProgress, 'dataset' | 'state'>>): void {
    const before = this.#datasets.get(dataset) ?? { dataset, state, ...NOTHING };
    const sum = (name: keyof typeof NOTHING) => before[name] + (counts[name] ?? 0);
    this.#datasets.set(dataset, {
      dataset,
      state,
      rowsIn: sum('rowsIn'),
      rowsOut: sum('rowsOut'),
      quarantined: sum('quarantined'),
      bytes: sum('bytes'),
      millis: sum('millis'),
    });
    this.#show();
  }

  fail(reasons: readonly Reason[]): void {
    this.#failures.push(...reasons);
    for (const { dataset } of reasons) if (this.#datasets.has(dataset)) this.set(dataset, 'failed');
    this.#show();
  }

  /** Something people should know that stops nothing. */
  note(dataset: string, message: string): void {
    this.#notes.push({ dataset, message });
    this.#show();
  }

  get notes(): readonly Reason[] {
    return this.#notes.slice(0, MOST_NOTES);
  }

  forgetFailures(): void {
    this.#failures.length = 0;
    this.#show();
  }

  get datasets(): DatasetProgress[] {
    return [...this.#datasets.values()];
  }

  snapshot(): WorkflowProgress {
    return {
      state: this.#state,
      done: this.#done,
      total: Math.max(this.#total, this.#done),
      datasets: this.datasets,
      failures: this.#failures.slice(0, 50),
      paused: this.paused,
    };
  }

  #show(): void {
    const { state, done, total } = this.snapshot();
    const head = `**${this.#title}**: ${this.paused ? 'paused, ' : ''}${state}${total > 0 ? `, ${done} of ${total}` : ''}`;
    const failures = this.#failures
      .slice(0, 20)
      .map(({ dataset, message }) => `- ${dataset}: ${message.slice(0, 500)}`);
    const notes = this.notes.map(({ dataset, message }) => `- note, ${dataset}: ${message}`);
    const table = [
      '| dataset | state | rows in | rows out | quarantined | bytes | seconds |',
      '|---|---|---:|---:|---:|---:|---:|',
      ...this.datasets.map(
        (d) =>
          `| ${d.dataset} | ${d.state} | ${d.rowsIn} | ${d.rowsOut} | ${d.quarantined} | ${d.bytes} | ${(d.millis / 1000).toFixed(1)} |`,
      ),
    ];
    const parts = [
      head,
      ...(failures.length > 0 ? ['', ...failures] : []),
      ...(notes.length > 0 ? ['', ...notes] : []),
      '',
      ...table,
    ];
    setCurrentDetails(parts.join('\n').slice(0, LONGEST_DETAILS));
  }
}
