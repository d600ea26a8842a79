import type { DerivedDataset } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import type { LedgerState } from '../core/ledger.ts';
import { rowCountTrend } from '../quality/trends.ts';

/** Earlier partitions that say what is usual. */
const HISTORY = 30;

/**
 * Holds a publication back when a partition has far more or fewer rows than those before it. Content is never touched.
 * @throws quality naming the partition and how far off it is
 */
export function refuseOddRowCounts(dataset: DerivedDataset, ledger: LedgerState, partitions: readonly string[]): void {
  for (const check of dataset.checks) {
    if (check.kind !== 'rowCount') continue;
    const names = [...ledger.partitions.keys()].sort();
    for (const partition of partitions) {
      const place = names.indexOf(partition);
      const rowsOf = (name: string) => ledger.partitions.get(name)?.rows ?? 0;
      const trend = rowCountTrend(
        names.slice(Math.max(0, place - HISTORY), place).map(rowsOf),
        rowsOf(partition),
        check.sigma,
      );
      if (!trend || trend.ok) continue;
      throw new StrataError(
        'quality',
        `${dataset.name}, ${partition}: ${rowsOf(partition)} rows, ${trend.sigmas.toFixed(1)} deviations off the ${Math.round(trend.mean)} of the days before`,
        {
          where: dataset.name,
          hint: 'Nothing was published; readers keep the last cut. If the data is right, raise sigma of its rowCount check: no rebuild is needed.',
        },
      );
    }
  }
}
