import { StrataError } from './errors.ts';
import { type Claim, EMPTY_LEDGER, type LedgerState, type Version } from './ledger.ts';

/**
 * Epochs for a new claim on these scopes, all the same: one more than the highest in the log.
 * @param quarantine ledger of the table with its bad rows. An epoch that left bad rows there and then died is never used
 * again: they would count for whoever commits it.
 */
export function nextEpochs(
  ledger: LedgerState,
  scopes: readonly string[],
  quarantine: LedgerState = EMPTY_LEDGER,
): Record<string, number> {
  const known = scopes.flatMap((scope) => [ledger, quarantine].map((l) => l.scopes.get(scope)?.epoch ?? 0));
  const epoch = Math.max(0, ...known) + 1;
  return Object.fromEntries(scopes.map((scope) => [scope, epoch]));
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
  refuseOlderSource(ledger, claim);
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

/**
 * A merged table never goes on from a source older than what was merged into it: the marks would move back, and a rebuild
 * would not find the observations of the newest rows and lose them.
 */
function refuseOlderSource(ledger: LedgerState, claim: Claim): void {
  const source = Object.entries(claim.inputs)[0];
  if (!source) return;
  for (const [partition, mark] of ledger.marks) {
    if (mark.version <= source[1]) continue;
    throw new StrataError(
      'fenced',
      `${claim.dataset} holds ${partition} of ${source[0]} as of version ${mark.version}; this work read version ${source[1]}`,
      { where: claim.dataset, hint: 'Nothing was written; the next plan reads the newer version.' },
    );
  }
}

/**
 * What a build read of its own table must still be there when it commits. Epochs may have gaps, so another claim can have
 * committed between the build's first look and its commit without passing the build's epoch.
 * @param base the ledger that the build began with
 * @param now the ledger that its commit would follow
 * @throws fenced
 */
export function refuseMovedBase(claim: Claim, base: LedgerState, now: LedgerState): void {
  for (const scope of Object.keys(claim.scopes)) {
    const [was, is] = [base.scopes.get(scope)?.epoch, now.scopes.get(scope)?.epoch];
    if (was === is) continue;
    throw new StrataError('fenced', `${scope}: epoch ${is} was committed while this build read epoch ${was ?? 0}`, {
      where: claim.dataset,
      hint: 'Nothing was written; the next plan takes it up if it is still due.',
    });
  }
}
