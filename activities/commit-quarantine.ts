import { type Claim, LEDGER_FORMAT, type LedgerEntry, type PartitionEntry } from '../core/ledger.ts';
import { QUARANTINE_COLUMNS, quarantineTable } from '../core/quarantine.ts';
import type { BuildOutput } from '../transform/build-output.ts';
import type { BuildContext } from './build-run.ts';
import type { Platform } from './platform.ts';
import { Uploads } from './upload.ts';

/**
 * Bad rows are written before the data they were left out of, and count once that is committed: the ledger then carries
 * their claim.
 */
export async function commitQuarantine(
  platform: Platform,
  { claim, dataset, attempt }: Pick<BuildContext, 'claim' | 'dataset' | 'attempt'>,
  { quarantine, counts }: BuildOutput,
): Promise<void> {
  if (quarantine.length === 0) return;
  const table = platform.lake.table(quarantineTable(dataset.name));
  const uploads = new Uploads(table, attempt);
  const adds = await uploads.data(quarantine.map((file) => ({ partition: file.inputPartition, file })));
  const mine = quarantineClaim(claim);
  await table.commit({
    claim: mine,
    partitions: [],
    columns: QUARANTINE_COLUMNS,
    prepare: async (state) => {
      const partitions: Record<string, PartitionEntry> = {};
      for (const { inputPartition, rows } of quarantine) {
        const before = partitions[inputPartition]?.rows ?? state.ledger.partitions.get(inputPartition)?.rows ?? 0;
        partitions[inputPartition] = { digest: `${before + rows}-${attempt.id}`, rows: before + rows };
      }
      const entry: LedgerEntry = {
        format: LEDGER_FORMAT,
        kind: 'quarantine',
        claim: mine,
        partitions,
        counts: {
          rowsIn: counts.quarantined,
          rowsOut: counts.quarantined,
          quarantined: 0,
          bytes: uploads.bytes,
          millis: 0,
        },
      };
      return { adds, removes: [], entry };
    },
  });
}

const quarantineClaim = (claim: Claim): Claim => ({ ...claim, dataset: quarantineTable(claim.dataset), inputs: {} });
