/**
 * The partitions in which two recomputations differ: what a pipeline may and must rebuild between them. Partitions that appear or
 * vanish differ too; the order of rows does not matter.
 */
export function changedPartitions<Row>(
  before: readonly Row[],
  after: readonly Row[],
  partitionOf: (row: Row) => string,
): string[] {
  const [old, now] = [contents(before, partitionOf), contents(after, partitionOf)];
  const names = new Set([...old.keys(), ...now.keys()]);
  return [...names].filter((name) => old.get(name) !== now.get(name)).sort();
}

function contents<Row>(rows: readonly Row[], partitionOf: (row: Row) => string): Map<string, string> {
  const lines = new Map<string, string[]>();
  for (const row of rows) {
    const partition = partitionOf(row);
    const held = lines.get(partition);
    if (held) held.push(JSON.stringify(row));
    else lines.set(partition, [JSON.stringify(row)]);
  }
  return new Map([...lines].map(([partition, list]) => [partition, list.sort().join('\n')]));
}
