import type { DerivedDataset } from '../../core/dataset.ts';
import { type Instant, microsOf } from '../../core/instant.ts';
import { type Interval, intervalOf, overlaps } from '../../core/interval.ts';
import { lakeColumns } from '../../core/lake-columns.ts';
import type { Retraining } from '../../core/retraining.ts';
import type { Session } from '../../engine/session.ts';
import { ident, readParquet } from '../../engine/sql-text.ts';
import type { ModelVersion } from '../../ml/registry.ts';
import type { Attempt } from '../attempt.ts';
import type { Platform } from '../platform.ts';
import { ReadableFiles } from '../readable-files.ts';
import type { ResolvedRetraining } from './retrain.types.ts';
import { columnsRead } from './version-columns.ts';

/** The column that holds 1 for a positive, 0 for the rest. */
export const TARGET = '_target';

const at = (moment: Instant): string => `make_timestamptz(${microsOf(moment)})`;

/** Condition: the column's moment is earlier. */
export const before = (column: string, moment: Instant): string => `${ident(column)} < ${at(moment)}`;

/**
 * Rows of the windows with the labels that were recorded before `asOf`, as SQL that can stand behind FROM.
 * @param models that are to score them too: with features of their own, where those are still there
 */
export async function labelledRows(
  platform: Platform,
  { session, attempt }: { session: Session; attempt: Attempt },
  retraining: Retraining,
  { asOf, pins, windows }: Pick<ResolvedRetraining, 'asOf' | 'pins'> & { windows: readonly Interval[] },
  models: readonly ModelVersion[],
): Promise<string> {
  const { features, labels, key, time, cluster, numeric, categorical, slices, threshold } = retraining;
  const amount = threshold.by === 'cost' ? [threshold.amount] : [];
  const readable = new ReadableFiles(session, attempt.directory);
  const files = async (dataset: DerivedDataset, version: number, wanted: (partition: string) => boolean) => {
    const { files: all } = await platform.lake.stateAt(dataset.name, version);
    const chosen = [...all.values()].filter(({ partition }) => wanted(partition));
    const found = await readable.of(platform.lake.table(dataset.name), chosen);
    return readParquet(
      found.map(({ uri }) => uri),
      lakeColumns(dataset),
    );
  };
  const rows = await files(features, pins.features, (partition) =>
    windows.some((window) => overlaps(intervalOf(partition, 'day'), window)),
  );
  const known = await files(labels.dataset, pins.labels, () => true);
  const inWindow = windows.map(
    ({ start, end }) => `(f.${ident(time)} >= ${at(start)} AND f.${ident(time)} < ${at(end)})`,
  );
  const own = [key, time, cluster, ...numeric, ...categorical, ...slices, ...amount];
  const read = models.flatMap((model) => columnsRead(model, features));
  const columns = [...new Set([...own, ...read])].map((column) => `f.${ident(column)}`);
  return `(SELECT ${columns.join(', ')}, (p.k IS NOT NULL)::UTINYINT AS ${TARGET}
    FROM ${rows} f LEFT JOIN (
      SELECT DISTINCT ${ident(labels.key)} AS k FROM ${known}
      WHERE ${before(labels.knownAt, asOf)} AND (${labels.positive})
    ) p ON p.k = f.${ident(key)}
    WHERE ${inWindow.join(' OR ')})`;
}
