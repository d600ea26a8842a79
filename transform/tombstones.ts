import type { DerivedDataset } from '../core/dataset.ts';
import { type LakeColumn, storedColumns } from '../core/lake-columns.ts';
import { ident } from '../engine/sql-text.ts';
import type { MergeInput } from './build-input.ts';
import type { LocalFile } from './build-output.ts';
import { writeFile } from './write-partitions.ts';

export function tombstoneColumns(dataset: DerivedDataset): LakeColumn[] {
  const latestBy = dataset.write.kind === 'merge' ? dataset.write.latestBy : undefined;
  return [
    ...storedColumns(dataset.columns.filter((c) => c.key || c.name === latestBy)),
    { name: '_position', sqlType: 'BIGINT' },
    { name: '_tie', sqlType: 'VARCHAR' },
  ];
}

/**
 * The keys that are deleted now, with the observation that deleted them: an older one that comes late must not bring the
 * key back. Undefined when nothing was deleted and nothing came back.
 */
export async function writeTombstones(input: MergeInput): Promise<LocalFile | undefined> {
  const { session, dataset, directory } = input;
  const columns = tombstoneColumns(dataset);
  const keys = dataset.key.map(ident).join(', ');
  const moved = await session.value<boolean>(
    `SELECT exists(SELECT 1 FROM won WHERE _op = 'd') OR exists(SELECT 1 FROM tombstones SEMI JOIN won USING (${keys}))`,
  );
  const emptied = input.work.kind === 'remerge' && input.tombstones !== undefined;
  if (!moved && !emptied) return undefined;
  const names = columns.map((c) => ident(c.name)).join(', ');
  const query = `SELECT ${names} FROM tombstones ANTI JOIN won USING (${keys}) UNION ALL SELECT ${names} FROM won WHERE _op = 'd'`;
  return writeFile(session, query, columns, directory);
}
