import type { Platform } from '../../activities/platform.ts';
import { datasetsOf } from '../../core/graph.ts';
import type { Version } from '../../core/ledger.ts';

/** Dataset -> version of its table. */
export async function tableVersions({ project, lake }: Platform): Promise<Record<string, Version>> {
  const names = datasetsOf(project).map(({ name }) => name);
  const states = await Promise.all(names.map((name) => lake.table(name).load()));
  return Object.fromEntries(names.map((name, i) => [name, states[i]!.version]));
}
