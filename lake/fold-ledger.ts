import { LedgerFold, type LedgerState } from '../core/ledger.ts';
import type { Commit } from './delta-actions.ts';
import { LazyMap } from './lazy-map.ts';

/** The ledger after these commits, without making the scopes of its base, which planning rarely asks for. */
export function foldLedger(base: LedgerState, commits: readonly Commit[]): LedgerState {
  if (commits.length === 0) return base;
  const fold = new LedgerFold({ ...base, scopes: new Map() });
  for (const { version, entry } of commits) fold.add(version, entry);
  const { scopes, ...rest } = fold.state;
  return { ...rest, scopes: new LazyMap(() => new Map([...base.scopes, ...scopes])) };
}
