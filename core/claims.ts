import { StrataError } from './errors.ts';
import type { Claim, LedgerState, Version } from './ledger.ts';

/** Epochs for a new claim on these scopes: one more than the highest in the log. */
export function nextEpochs(ledger: LedgerState, scopes: readonly string[]): Record<string, number> {
  return Object.fromEntries(scopes.map((scope) => [scope, (ledger.scopes.get(scope)?.epoch ?? 0) + 1]));
}

/** `write`: nothing stands in the way. `done`: a twin of this attempt committed already, at this version. */
export type Admission = { readonly kind: 'write' } | { readonly kind: 'done'; readonly version: Version };

/**
 * May this claim commit on top of this ledger? Asked again after every lost race for a version.
 * @throws fenced when a newer or other claim holds a scope, or when the work read an input older than what a partition
 * was already built from: no order of backfill and nightly goes back in time.
 */
export function admit(ledger: LedgerState, claim: Claim, partitions: readonly string[]): Admission {
  const mine = JSON.stringify(claim);
  for (const [scope, epoch] of Object.entries(claim.scopes)) {
    const held = ledger.scopes.get(scope);
    if (!held || held.epoch < epoch) continue;
    if (held.epoch === epoch && held.claim === mine) return { kind: 'done', version: held.version };
    throw new StrataError(
      'fenced',
      `${scope}: epoch ${epoch} lost to epoch ${held.epoch}, committed as version ${held.version}`,
      {
        where: claim.dataset,
        hint: 'Another run did this work or cancelled it. Nothing was written; the next plan takes it up if it is still due.',
      },
    );
  }
  for (const partition of partitions) refuseOlderInputs(ledger, claim, partition);
  return { kind: 'write' };
}

function refuseOlderInputs(ledger: LedgerState, claim: Claim, partition: string): void {
  const built = ledger.partitions.get(partition)?.inputs ?? {};
  for (const [input, version] of Object.entries(claim.inputs)) {
    const known = built[input];
    if (known !== undefined && known > version) {
      throw new StrataError(
        'fenced',
        `${claim.dataset}/${partition} was built from ${input} version ${known}; this work read version ${version}`,
        {
          where: claim.dataset,
          hint: 'Nothing was written; the next plan reads the newer version.',
        },
      );
    }
  }
}
