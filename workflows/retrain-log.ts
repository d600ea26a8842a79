import { setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { type RetrainingLine, retrainingQuery } from './messages.ts';
import { SEARCH_ATTRIBUTES } from './search-attributes.ts';

/** What a retraining has found so far: a table in the UI's details, the state as search attribute, both as a query. */
export class RetrainingLog {
  readonly #lines: RetrainingLine[] = [];
  #state = '';

  constructor() {
    setHandler(retrainingQuery, () => ({ state: this.#state, lines: this.#lines }), {
      description: 'What it has found so far, with the files of its evidence',
    });
  }

  get state(): string {
    return this.#state;
  }

  get lines(): readonly RetrainingLine[] {
    return this.#lines;
  }

  enter(state: string): void {
    this.#state = state;
    upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.state, value: state }]);
    this.#show();
  }

  add(step: string, result: string, evidence?: string): void {
    this.#lines.push({ step, result: result.slice(0, 2000), evidence });
    this.#show();
  }

  #show(): void {
    const rows = this.#lines.map(({ step, result, evidence }) => `| ${step} | ${result} | ${evidence ?? ''} |`);
    setCurrentDetails(
      [`**retraining**: ${this.#state}`, '', '| step | result | evidence |', '|---|---|---|', ...rows]
        .join('\n')
        .slice(0, 18_000),
    );
  }
}
