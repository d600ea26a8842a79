import type { LakeReader } from './lake-reader.ts';

/** What commits after some versions did to a table's partitions. */
export interface Changed {
  /** Their digest moved. */
  readonly content: readonly string[];
  /** Files of theirs came or went. */
  readonly files: readonly string[];
}

/** Table -> its partitions that commits after `versions` changed; tables without changes are left out. */
export async function changesSince(
  lake: LakeReader,
  versions: Readonly<Record<string, number>>,
): Promise<Record<string, Changed>> {
  const changes: Record<string, Changed> = {};
  for (const table of await lake.tables()) {
    const since = versions[table] ?? -1;
    const digests = new Map<string, string>();
    const before = new Map<string, string | undefined>();
    const files = new Set<string>();
    for (const { version, digests: said, adds, removes } of await lake.commits(table)) {
      for (const [partition, digest] of Object.entries(said)) {
        if (version > since && !before.has(partition)) before.set(partition, digests.get(partition));
        digests.set(partition, digest);
      }
      if (version > since) for (const { partition } of [...adds, ...removes]) files.add(partition);
    }
    const content = [...before].filter(([partition, digest]) => digests.get(partition) !== digest);
    if (content.length === 0 && files.size === 0) continue;
    changes[table] = { content: content.map(([partition]) => partition).sort(), files: [...files].sort() };
  }
  return changes;
}
