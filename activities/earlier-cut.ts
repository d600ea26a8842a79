import type { DerivedDataset } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import { belongs } from '../core/partitions.ts';
import type { DataFile } from '../core/ports.ts';
import type { Table } from '../lake/table.ts';

/**
 * Before a publication goes back: are the earlier cut's files still there, and does the table hold its rows by the same
 * partitions?
 * @param files of the table at that cut
 * @param wanted partitions that must be read
 * @throws bad_input
 */
export async function refuseUnpublishable(
  table: Table,
  { name, partitionBy }: DerivedDataset,
  files: readonly DataFile[],
  wanted: ReadonlySet<string>,
  cut: number,
): Promise<void> {
  const other = files.find(({ partition }) => !belongs(partitionBy, partition));
  if (other) {
    throw new StrataError('bad_input', `Cut ${cut} cannot be published: ${name} is partitioned otherwise now`, {
      where: `${name}, partition ${other.partition}`,
      hint: 'Publish a cut from after that change of its definition, or serve the definition of then.',
    });
  }
  const needed = files.filter(({ partition }) => wanted.has(partition));
  if (needed.length === 0) return;
  const there = new Set<string>();
  for await (const path of table.store.listPaths(`${table.folder}/`)) there.add(path.slice(table.folder.length + 1));
  const missing = needed.filter(({ path }) => !there.has(path));
  if (missing.length === 0) return;
  throw new StrataError('bad_input', `Cut ${cut} cannot be published: vacuum has deleted files of ${name}`, {
    where: `${missing.length} of ${needed.length} files, ${missing[0]!.path}`,
    hint: 'Vacuum keeps the newest ten cuts (`--keep-cuts`); publish one of those.',
  });
}
