import { StrataError } from '../../core/errors.ts';
import type { ModelRegistry, Move } from '../../ml/registry.ts';
import type { Platform } from '../platform.ts';
import { keep } from './evidence.ts';
import type { DecidedInput, Moved, RollbackInput } from './retrain.types.ts';

/** The one step in which the champion changes; what was decided is kept before. */
export async function promote(platform: Platform, registry: ModelRegistry, input: DecidedInput): Promise<Moved> {
  const { resolved, challenger, decision } = input;
  const { who, why } = decision;
  await keepDecision(platform, registry, input);
  const { model, champion } = resolved;
  const moved = await moveChampion(registry, model, { from: champion, to: challenger.version, who, why });
  if (moved.champion === challenger.version) {
    await withdraw(registry, model, challenger.version, { who, why: 'promoted' });
  }
  return moved;
}

export async function refuse(platform: Platform, registry: ModelRegistry, input: DecidedInput): Promise<void> {
  await keepDecision(platform, registry, input);
  const { who, why } = input.decision;
  await withdraw(registry, input.resolved.model, input.challenger.version, { who, why });
}

export const rollBack = (registry: ModelRegistry, { resolved, from, to, why }: RollbackInput): Promise<Moved> =>
  moveChampion(registry, resolved.model, { from, to, who: 'drift_and_retrain', why });

/** A later retraining may have a challenger of its own by now: that one stays. */
export async function withdraw(
  registry: ModelRegistry,
  model: string,
  version: number,
  signed: { who: string; why: string },
): Promise<void> {
  if ((await registry.alias(model, 'challenger')) !== version) return;
  await registry.move(model, { alias: 'challenger', from: version, to: null, ...signed });
}

/** Somebody else who was faster is a result: the comparison was not with that champion. */
async function moveChampion(registry: ModelRegistry, model: string, move: Omit<Move, 'alias'>): Promise<Moved> {
  try {
    await registry.move(model, { alias: 'champion', ...move });
    return { champion: move.to };
  } catch (error) {
    if (!(error instanceof StrataError && error.code === 'conflict' && error.kind === 'terminal')) throw error;
    return { champion: await registry.alias(model, 'champion') };
  }
}

async function keepDecision(
  { store }: Platform,
  registry: ModelRegistry,
  { resolved, challenger, comparison, decision }: DecidedInput,
): Promise<void> {
  const { model, policy, champion, evidence } = resolved;
  const { version } = challenger;
  const content = { version, champion, ...decision, findings: comparison.findings, policy };
  const file = await keep(store, evidence, 'decision.json', JSON.stringify(content, null, 2));
  await registry.attach(model, version, 'decision', file);
}
