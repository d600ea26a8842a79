import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import type { Decision } from '../activities/retrain/retrain.types.ts';
import { durationMillis } from '../core/instant.ts';
import { decideUpdate, decisionWantedQuery } from './messages.ts';

const EXAMPLE = 'A decision is {"approve": true or false, "who": "...", "why": "..."}';

/** Takes a person's decision. Made as the workflow begins, so that none comes too early to be answered. */
export class DecisionDesk {
  #wanted = false;
  #decided: Decision | undefined;

  /** @param state where the retraining stands, for whoever decides when nothing is asked */
  constructor(state: () => string) {
    setHandler(decisionWantedQuery, () => this.#wanted, { description: 'Does it wait for a person?' });
    setHandler(
      decideUpdate,
      (decision) => {
        this.#decided = decision;
        this.#wanted = false;
      },
      {
        description: `Approve or reject the challenger while it waits for approval. ${EXAMPLE}`,
        validator: (decision) => {
          if (this.#decided) throw refusal(`It is decided already, by ${this.#decided.who}`);
          if (!this.#wanted) throw refusal(`No decision is wanted, it is ${state()}`);
          const { approve, who, why } = decision ?? {};
          if (typeof approve !== 'boolean' || !isText(who) || !isText(why)) throw refusal(EXAMPLE);
        },
      },
    );
  }

  /** Waits for a person, so long; then what was agreed to beforehand is done. */
  async ask({ within, otherwise }: { within: string; otherwise: 'approve' | 'reject' }): Promise<Decision> {
    this.#wanted = true;
    await condition(() => this.#decided !== undefined, durationMillis(within));
    this.#wanted = false;
    if (this.#decided) return this.#decided;
    this.#decided = { approve: otherwise === 'approve', who: 'policy', why: `nobody decided within ${within}` };
    return this.#decided;
  }
}

/** Updates come from any client: the declared type is a promise only. */
const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

const refusal = (text: string) => ApplicationFailure.nonRetryable(text, 'bad_input');
