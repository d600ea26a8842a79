import { EMPTY_LEDGER, type LedgerState, type Version } from '../../core/ledger.ts';
import type { Ledgers } from '../../core/staleness.ts';
import type { Prng } from './prng.ts';
import type { Process } from './processes.ts';
import type { SharedLake } from './shared-lake.ts';
import { PART } from './toy-project.ts';

/** The ledgers of all tables: where a batch froze one, at that version; otherwise as the process finds them. */
export async function loadLedgers(
  lake: SharedLake,
  prng: Prng,
  { open, actor }: Process,
  frozen: Readonly<Record<string, Version>> = {},
): Promise<Ledgers> {
  const ledgers = new Map<string, LedgerState>();
  // Newest first now and then: tables are loaded one after the other while others commit.
  const datasets = [...PART.derived, ...PART.sources];
  for (const { name } of prng.chance(0.5) ? datasets : datasets.reverse()) {
    const version = frozen[name];
    if (version === undefined && prng.chance(0.4)) await actor!.linger('has loaded some ledgers');
    ledgers.set(
      name,
      version === undefined
        ? (await open(name).load()).ledger
        : version < 0
          ? EMPTY_LEDGER
          : lake.at(name, version).ledger,
    );
  }
  return ledgers;
}
