import { StrataError } from '../../core/errors.ts';
import type { Notice } from './retrain.types.ts';

const TIMEOUT_MILLIS = 10_000;

/**
 * Tells a webhook: a JSON object with `text`, as chat programs take it, and the parts for programs.
 * @throws unreachable when it does not answer or refuses
 */
export async function sendNotice(url: string, { resolved, event, text }: Notice, signal: AbortSignal): Promise<void> {
  const { env, model, asOf, evidence } = resolved;
  const body = { text: `${model} (${env}): ${text}`, event, env, model, asOf, evidence };
  const refuse = (problem: string, cause?: unknown): never => {
    throw new StrataError('unreachable', `The webhook ${problem}`, {
      where: new URL(url).origin,
      hint: 'Look at the setting STRATA_WEBHOOK_<NAME> and at the receiver.',
      cause,
    });
  };
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MILLIS)]),
  }).catch((cause: unknown) => refuse('does not answer', cause));
  if (!response.ok) refuse(`answered ${response.status}`);
}
