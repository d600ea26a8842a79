import type { HoldsKeys } from '../core/as-of.ts';
import type { DerivedDataset } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import type { Version } from '../core/ledger.ts';
import type { LacksMentions, Mentioning } from '../core/mentions.ts';
import type { Session } from '../engine/session.ts';
import { partitionsHoldingKeys } from '../transform/as-of-readers.ts';
import { type MentionFiles, partitionsLackingMentions } from '../transform/mention-scan.ts';
import { withAttempt } from './attempt.ts';
import type { Platform } from './platform.ts';
import { ReadableFiles } from './readable-files.ts';

type Reading = Pick<Platform, 'definitions' | 'lake' | 'temp' | 'openSession'>;

/**
 * Answers planning: which of these partitions really hold keys that an `asOf` input changed, or lack keys that an input
 * mentions? Reads key columns only.
 */
export async function scanForKeys(
  platform: Reading,
  question: HoldsKeys | LacksMentions,
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  return withAttempt(platform.temp, async ({ directory }) => {
    const session = await platform.openSession(signal);
    const readable = new ReadableFiles(session, directory);
    try {
      return 'mentions' in question
        ? await lackingMentions(platform, question, session, readable)
        : await holdingKeys(platform, question, session, readable);
    } finally {
      await session.close();
    }
  });
}

async function holdingKeys(
  { definitions, lake }: Reading,
  question: HoldsKeys,
  session: Session,
  readable: ReadableFiles,
): Promise<Set<string>> {
  const reader = definitions.derived(question.dataset);
  const table = lake.table(question.dataset);
  const source = lake.table(question.input);
  const { files } = await lake.stateAt(question.dataset, question.version);
  const found = new Set<string>();
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
  return found;
}

async function lackingMentions(
  { definitions, lake }: Reading,
  question: LacksMentions,
  session: Session,
  readable: ReadableFiles,
): Promise<Set<string>> {
  const { dataset: name, version, partitions, mentions } = question;
  const dataset = definitions.derived(name);
  const filesOf = async (of: string, at: Version, wanted: (partition: string) => boolean) => {
    const { files } = await lake.stateAt(of, at);
    return readable.of(
      lake.table(of),
      [...files.values()].filter((file) => wanted(file.partition)),
    );
  };
  const mentioning = ({ input, columns, version: at }: Mentioning, wanted: (partition: string) => boolean) =>
    filesOf(input, at, wanted).then((files): MentionFiles => ({ dataset: definitions.derived(input), columns, files }));
  const moved = await Promise.all(mentions.map((m) => mentioning(m, (partition) => m.moved.includes(partition))));
  const lacking = await partitionsLackingMentions({
    session,
    dataset,
    files: await filesOf(name, version, (partition) => partitions.includes(partition)),
    partitions,
    moved,
    everywhere: () => Promise.all(mentions.map((m) => mentioning(m, () => true))),
  });
  return new Set(lacking);
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
