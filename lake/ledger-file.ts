import { writeFile } from 'node:fs/promises';
import { StrataError } from '../core/errors.ts';
import {
  LEDGER_FORMAT,
  type LedgerState,
  type MergeMark,
  type PartitionState,
  type ScopeState,
} from '../core/ledger.ts';
import type { Session } from '../engine/session.ts';
import { literal } from '../engine/sql-text.ts';
import { fileError } from './file-errors.ts';
import { LazyMap } from './lazy-map.ts';
import { LEDGER_COLUMNS, ledgerRows, type Section } from './ledger-rows.ts';
import { packNumbers, packTexts, unpackNumbers, unpackTexts } from './packed-columns.ts';

const MIB = 1024 * 1024;

/** Writes rows as Parquet by way of a JSON file beside it. @param columns name -> DuckDB type */
export async function writeRows(
  session: Session,
  rows: Iterable<unknown>,
  columns: Readonly<Record<string, string>>,
  file: string,
): Promise<void> {
  const lines: string[] = [];
  for (const row of rows) lines.push(JSON.stringify(row));
  await writeFile(`${file}.json`, lines.join('\n')).catch((error: unknown) => {
    throw fileError(error, 'write', `${file}.json`);
  });
  const types = Object.entries(columns).map(([name, type]) => `${literal(name)}: ${literal(type)}`);
  // DuckDB allocates buffers of this size; a commit of a backfill may name thousands of scopes in one claim.
  const longest = lines.reduce((most, line) => Math.max(most, 3 * line.length), MIB);
  const options = `columns = {${types.join(', ')}}, format = 'newline_delimited', maximum_object_size = ${longest}`;
  await session.run(
    `COPY (SELECT * FROM read_json(${literal(`${file}.json`)}, ${options})) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd)`,
  );
}

/** @param file a new local file */
export const writeLedgerFile = (session: Session, state: LedgerState, file: string): Promise<void> =>
  writeRows(session, ledgerRows(state), LEDGER_COLUMNS, file);

type PackedSection = Partial<Record<keyof typeof LEDGER_COLUMNS, string | null>>;

/**
 * Reads folded ledgers, all of them at once.
 * @param files local files
 * @param use `planning` leaves the scopes out, half of a ledger: only who claims or commits looks at them, and whoever
 * looks all the same gets an error
 * @returns in the order of the files
 * @throws corrupt
 */
export async function readLedgerFiles(
  session: Session,
  files: readonly string[],
  use: 'planning' | 'commits',
): Promise<LedgerState[]> {
  const byFile = new Map<string, Map<Section, PackedSection>>(files.map((file) => [file, new Map()]));
  for (const sql of use === 'planning' ? PLANNING : EVERYTHING) {
    const from = `read_parquet([${files.map(literal).join(', ')}], filename = true)`;
    const found = await session.rows<PackedSection & { filename: string }>(sql(from)).catch((error: unknown) => {
      throw unreadable(files, error);
    });
    for (const row of found) byFile.get(row.filename)?.set(row.section as Section, row);
  }
  return files.map((file) => stateOf(byFile.get(file) ?? new Map(), file, use));
}

type LedgerColumn = keyof typeof LEDGER_COLUMNS;
const ALL_COLUMNS = (Object.keys(LEDGER_COLUMNS) as LedgerColumn[]).filter((name) => name !== 'section');

/** A query over folded ledgers: per file and section the columns, packed. */
const packed = (columns: readonly LedgerColumn[], where: string) => (from: string) => {
  const texts = columns.map((c) => (LEDGER_COLUMNS[c] === 'BIGINT' ? packNumbers : packTexts)(`"${c}"`, c));
  return `SELECT filename, section, ${texts.join(', ')} FROM ${from} WHERE ${where} GROUP BY ALL`;
};

const EVERYTHING = [packed(ALL_COLUMNS, 'true')];
/** The partitions are most of it, and packing a column costs the same whether it is filled or not. */
const PLANNING = [
  packed(['name', 'version', 'built_version', 'rows', 'digest', 'content_hash', 'inputs'], `section = 'partition'`),
  packed(ALL_COLUMNS, `section NOT IN ('partition', 'scope')`),
];

function stateOf(
  sections: ReadonlyMap<Section, PackedSection>,
  file: string,
  use: 'planning' | 'commits',
): LedgerState {
  const column: Texts = (section, name) => unpackTexts(sections.get(section)?.[name]);
  const numbers: Numbers = (section, name) => unpackNumbers(sections.get(section)?.[name]);
  const [format] = numbers('format', 'version');
  const [version] = numbers('ledger', 'version');
  if (format === undefined || version === undefined) throw unreadable([file], 'it has no format or no version');
  if (format > LEDGER_FORMAT) throw tooNew(format, file);
  const intervals = (section: Section) => {
    const ends = column(section, 'ends_at');
    return column(section, 'starts_at')
      .map((start, i) => ({ start, end: ends[i] as string }))
      .sort((a, b) => (a.start < b.start ? -1 : 1));
  };
  return {
    version,
    partitions: partitionsOf(column, numbers),
    scopes: new LazyMap(() => (use === 'planning' ? refuseScopes(file) : scopesOf(column, numbers))),
    marks: marksOf(column, numbers),
    covered: intervals('covered'),
    settled: intervals('settled'),
    lookedAt: column('looked_at', 'name')[0],
    tombstones: column('tombstones', 'name')[0],
    keyChanges: keyChangesOf(column, numbers),
  };
}

type Texts = (section: Section, name: keyof typeof LEDGER_COLUMNS) => string[];
type Numbers = (section: Section, name: keyof typeof LEDGER_COLUMNS) => number[];

function partitionsOf(column: Texts, numbers: Numbers): Map<string, PartitionState> {
  const digests = column('partition', 'digest');
  const rows = numbers('partition', 'rows');
  const contents = numbers('partition', 'version');
  const builds = numbers('partition', 'built_version');
  const hashes = column('partition', 'content_hash');
  const inputs = parseRuns<Readonly<Record<string, number>>>(column('partition', 'inputs'));
  const partitions = new Map<string, PartitionState>();
  column('partition', 'name').forEach((name, i) => {
    partitions.set(name, {
      digest: digests[i]!,
      rows: rows[i]!,
      contentVersion: contents[i]!,
      builtVersion: builds[i]!,
      inputs: inputs[i]!,
      contentHash: hashes[i]!,
    });
  });
  return partitions;
}

/** JSON texts as values, parsed in one go. Neighbours of one text, such as partitions of one build, share the value. */
function parseRuns<T>(texts: readonly string[]): T[] {
  const runs = texts.filter((text, i) => i === 0 || text !== texts[i - 1]);
  const values = JSON.parse(`[${runs.join(',')}]`) as T[];
  let run = -1;
  return texts.map((text, i) => {
    if (i === 0 || text !== texts[i - 1]) run += 1;
    return values[run]!;
  });
}

function scopesOf(column: Texts, numbers: Numbers): Map<string, ScopeState> {
  const epochs = numbers('scope', 'epoch');
  const versions = numbers('scope', 'version');
  const claims = column('scope', 'claim');
  const scopes = new Map<string, ScopeState>();
  column('scope', 'name').forEach((name, i) => {
    scopes.set(name, { epoch: epochs[i]!, version: versions[i]!, claim: claims[i]! });
  });
  return scopes;
}

/** Better than epochs that begin anew. */
function refuseScopes(file: string): never {
  throw new StrataError('internal', 'This ledger was read for planning, without its scopes', {
    where: file,
    hint: 'Load the table itself to claim or to commit.',
  });
}

function marksOf(column: Texts, numbers: Numbers): Map<string, MergeMark> {
  const epochs = numbers('mark', 'epoch');
  const versions = numbers('mark', 'version');
  const hashes = column('mark', 'content_hash');
  const tags = column('mark', 'tag');
  const marks = new Map<string, MergeMark>();
  column('mark', 'name').forEach((name, i) => {
    marks.set(name, {
      version: versions[i] as number,
      epoch: epochs[i] as number,
      contentHash: hashes[i] as string,
      claim: tags[i] as string,
    });
  });
  return marks;
}

function keyChangesOf(column: Texts, numbers: Numbers): LedgerState['keyChanges'] {
  const versions = numbers('key_change', 'version');
  const rows = numbers('key_change', 'rows');
  const starts = column('key_change', 'starts_at');
  const ends = column('key_change', 'ends_at');
  return column('key_change', 'name')
    .map((path, i) => ({
      version: versions[i] as number,
      path,
      rows: rows[i] as number,
      from: starts[i] as string,
      to: ends[i] === '' ? null : (ends[i] as string),
    }))
    .sort((a, b) => a.version - b.version);
}

function unreadable(files: readonly string[], cause: unknown): StrataError {
  if (cause instanceof StrataError && cause.code !== 'corrupt' && cause.code !== 'bad_definition') return cause;
  const said = cause instanceof Error ? cause.message : String(cause);
  return new StrataError('corrupt', `A folded ledger cannot be read: ${said}`, {
    where: files.length === 1 ? files[0]! : `${files[0]} and ${files.length - 1} others`,
    hint: 'Delete this file: the log holds the same, and a later commit folds it again.',
    cause,
  });
}

function tooNew(format: number, file: string): StrataError {
  return new StrataError('corrupt', `Ledger format ${format} is newer than this Strata, which reads ${LEDGER_FORMAT}`, {
    where: file,
    hint: 'Upgrade this worker to the version of Strata that wrote the table.',
  });
}
