import type { RequiredBronze } from '../activities/converge.types.ts';
import type { IngestResult } from '../activities/run.types.ts';

/** Beyond this a list of partitions makes signals heavy; then all of the dataset's are waited for. */
const MOST_PARTITIONS = 1000;

/** What must be in the cut after these ingests. */
export function requiredBy(results: readonly IngestResult[], before: RequiredBronze = {}): RequiredBronze {
  const required: Record<string, RequiredBronze[string]> = { ...before };
  for (const { dataset, partitions } of results) required[dataset] = newest(required[dataset] ?? {}, partitions);
  return required;
}

function newest(a: RequiredBronze[string], b: RequiredBronze[string]): RequiredBronze[string] {
  if (a === 'all' || b === 'all') return 'all';
  const both = { ...a };
  for (const [partition, version] of Object.entries(b)) both[partition] = Math.max(version, both[partition] ?? -1);
  return Object.keys(both).length > MOST_PARTITIONS ? 'all' : both;
}
