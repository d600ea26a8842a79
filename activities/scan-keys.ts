import type { HoldsKeys } from '../core/as-of.ts';
import type { DerivedDataset } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import type { Version } from '../core/ledger.ts';
import { partitionsHoldingKeys } from '../transform/as-of-readers.ts';
import { withAttempt } from './attempt.ts';
import type { Platform } from './platform.ts';
import { ReadableFiles } from './readable-files.ts';

/** Answers planning: which of these partitions really hold keys that an `asOf` input changed? Reads key columns only. */
export async function scanForKeys(
  platform: Pick<Platform, 'definitions' | 'lake' | 'temp' | 'openSession'>,
  question: HoldsKeys,
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const { definitions, lake, temp } = platform;
  const reader = definitions.derived(question.dataset);
  const table = lake.table(question.dataset);
  const source = lake.table(question.input);
  const { files } = await lake.stateAt(question.dataset, question.version);
  const found = new Set<string>();
  await withAttempt(temp, async ({ directory }) => {
    const session = await platform.openSession(signal);
    const readable = new ReadableFiles(session, directory);
    try {
      for (const [since, partitions] of bySince(question)) {
        const changes = question.changes.filter(({ version }) => version > since);
        const candidates = [...files.values()].filter((file) => partitions.has(file.partition));
        const held = await partitionsHoldingKeys({
          session,
          reader,
          input: aliasOf(reader, question),
          changes: await Promise.all(changes.map(({ path }) => readable.one(source, path))),
          files: await readable.of(table, candidates),
        });
        for (const partition of held) found.add(partition);
      }
    } finally {
      await session.close();
    }
  });
  return found;
}

function bySince({ partitions }: HoldsKeys): Map<Version, Set<string>> {
  const groups = new Map<Version, Set<string>>();
  for (const { name, since } of partitions) groups.set(since, (groups.get(since) ?? new Set()).add(name));
  return groups;
}

/** The name under which the reader's SQL reads the input with this mapping. */
function aliasOf(reader: DerivedDataset, { input, mapping }: HoldsKeys): string {
  const found = Object.entries(reader.inputs).find(([, i]) => i.dataset.name === input && i.mapping === mapping);
  if (!found) throw new StrataError('internal', `${reader.name} does not read ${input} in this way`);
  return found[0];
}
