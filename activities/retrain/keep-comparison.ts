import type { ModelRegistry } from '../../ml/registry.ts';
import type { Platform } from '../platform.ts';
import { keep } from './evidence.ts';
import type { Challenger, Comparison, ResolvedRetraining } from './retrain.types.ts';

/** A challenger as the gates found it. */
export interface Judged {
  readonly gates: readonly { readonly gate: string; readonly passes: boolean; readonly finding: string }[];
  readonly passes: boolean;
}

/** Keeps all of it as evidence, and says it in short. */
export async function keepComparison(
  { store }: Platform,
  registry: ModelRegistry,
  { model, evidence }: ResolvedRetraining,
  { version }: Challenger,
  judged: Judged,
): Promise<Comparison> {
  const file = await keep(store, evidence, 'comparison.json', JSON.stringify(judged, null, 2));
  await registry.attach(model, version, 'comparison', file);
  const findings = judged.gates.map(
    ({ gate, passes, finding }) => `${gate} ${passes ? 'passes' : 'fails'}: ${finding}`,
  );
  return { passes: judged.passes, findings };
}
