import type { ModelEvent } from '../../../ml/registry.ts';
import type { Standing } from './report.types.ts';

type Move = ModelEvent & { readonly kind: 'moved' };

export const movesOf = (history: readonly ModelEvent[], version: number): Move[] =>
  history.filter((e): e is Move => e.kind === 'moved' && (e.from === version || e.to === version));

/** @param history oldest first */
export function standingOf(history: readonly ModelEvent[], version: number): Standing {
  const moves = movesOf(history, version);
  const served = moves.findLast(({ alias }) => alias === 'champion');
  if (served?.to === version) return 'champion';
  if (served) return wasEarlier(history, served) ? 'rolled_back' : 'replaced';
  const offered = moves.findLast(({ alias }) => alias === 'challenger');
  if (!offered) return 'never_served';
  if (offered.to === version) return 'challenger';
  return offered.to === null ? 'refused' : 'withdrawn';
}

/** The one who took the place had it before this version did. */
function wasEarlier(history: readonly ModelEvent[], left: Move): boolean {
  const began = history.findIndex((e) => e.kind === 'moved' && e.alias === 'champion' && e.to === left.from);
  return history.slice(0, began).some((e) => e.kind === 'moved' && e.alias === 'champion' && e.to === left.to);
}
