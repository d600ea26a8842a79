import { lakeColumns } from '../core/lake-columns.ts';
import { type Checked, type Claim, LEDGER_FORMAT, type LedgerEntry } from '../core/ledger.ts';
import type { Platform } from './platform.ts';

/** Records that partitions hold none of the keys that changed, so that they are not scanned again. Fences nothing. */
export async function commitChecked(platform: Platform, dataset: string, checked: readonly Checked[]): Promise<void> {
  const { definitions, lake } = platform;
  const claim: Claim = { dataset, scopes: {}, inputs: {}, contentHash: definitions.hash(dataset), run: 'planning' };
  const entry: LedgerEntry = {
    format: LEDGER_FORMAT,
    kind: 'maintenance',
    claim,
    partitions: {},
    checked,
    counts: { rowsIn: 0, rowsOut: 0, quarantined: 0, bytes: 0, millis: 0 },
  };
  await lake.table(dataset).commit({
    claim,
    partitions: [],
    columns: lakeColumns(definitions.derived(dataset)),
    prepare: async () => ({ adds: [], removes: [], entry }),
  });
}
