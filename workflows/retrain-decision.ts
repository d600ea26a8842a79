import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import type { Decision } from '../activities/retrain/retrain.types.ts';
import { durationMillis } from '../core/instant.ts';
import { decideUpdate, decisionWantedQuery } from './messages.ts';

/** Waits for a person, so long; then what was agreed to beforehand is done. */
export async function askForDecision(approval: {
  readonly within: string;
  readonly otherwise: 'approve' | 'reject';
}): Promise<Decision> {
  let decided: Decision | undefined;
  setHandler(decisionWantedQuery, () => decided === undefined);
  setHandler(
    decideUpdate,
    (decision) => {
      decided = decision;
    },
    {
      validator: ({ approve, who, why }) => {
        if (decided) throw ApplicationFailure.nonRetryable(`It is decided already, by ${decided.who}`, 'bad_input');
        if (typeof approve !== 'boolean' || !who?.trim() || !why?.trim()) {
          throw ApplicationFailure.nonRetryable(
            'A decision is {"approve": true or false, "who": "...", "why": "..."}',
            'bad_input',
          );
        }
      },
    },
  );
  await condition(() => decided !== undefined, durationMillis(approval.within));
  if (decided) return decided;
  const approve = approval.otherwise === 'approve';
  return { approve, who: 'policy', why: `nobody decided within ${approval.within}` };
}
