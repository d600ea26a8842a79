import { claimTag } from '../core/claim-tag.ts';
import type { DerivedDataset } from '../core/dataset.ts';
import type { Claim, LedgerState } from '../core/ledger.ts';
import { quarantineTable } from '../core/quarantine.ts';
import { partitionScope } from '../core/scopes.ts';
import { countQuarantined } from '../transform/quarantine-count.ts';
import { withAttempt } from './attempt.ts';
import type { Platform } from './platform.ts';
import { ReadableFiles } from './readable-files.ts';

/** How many rows of a dataset are in quarantine now: see countQuarantined. Opens no session where none ever were. */
export async function quarantinedNow(
  { lake, temp, openSession }: Pick<Platform, 'lake' | 'temp' | 'openSession'>,
  dataset: DerivedDataset,
): Promise<number> {
  const bad = lake.table(quarantineTable(dataset.name));
  const { files } = await bad.load();
  if (files.size === 0) return 0;
  const table = lake.table(dataset.name);
  const { ledger, files: rows } = await table.load();
  const claims = standingClaims(dataset, ledger, new Set([...files.values()].map(({ partition }) => partition)));
  return withAttempt(temp, async ({ directory }) => {
    const session = await openSession();
    try {
      const readable = new ReadableFiles(session, directory);
      const uris = async (of: typeof table, list: typeof files) =>
        (await readable.of(of, [...list.values()])).map(({ uri }) => uri);
      const merged = dataset.write.kind === 'merge';
      const { tombstones } = ledger;
      return await countQuarantined({
        session,
        dataset,
        quarantine: await uris(bad, files),
        claims,
        current: merged ? await uris(table, rows) : [],
        tombstones: merged && tombstones !== undefined ? [await readable.one(table, tombstones)] : [],
      });
    } finally {
      await session.close();
    }
  });
}

/** Input partition -> claim whose bad rows count. A replaced partition's is in its scope. */
function standingClaims(
  { name, write }: DerivedDataset,
  { marks, scopes }: LedgerState,
  partitions: ReadonlySet<string>,
): Map<string, string> {
  const claims = new Map<string, string>();
  for (const partition of partitions) {
    const scope = scopes.get(partitionScope(name, partition));
    const claim =
      write.kind === 'merge' ? marks.get(partition)?.claim : scope && claimTag(JSON.parse(scope.claim) as Claim);
    if (claim !== undefined) claims.set(partition, claim);
  }
  return claims;
}
