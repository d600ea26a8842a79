import { z } from 'zod';
import { StrataError } from '../core/errors.ts';
import { LEDGER_FORMAT, type LedgerEntry, type Version } from '../core/ledger.ts';
import { ledgerEntryShape } from './ledger-entry.shape.ts';

/** The actions of the Delta protocol, reader 1 and writer 2, that Strata writes and reads. */
export interface AddFile {
  /** URI-encoded, relative to the table. */
  readonly path: string;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly size: number;
  readonly modificationTime: number;
  readonly dataChange: boolean;
  readonly stats?: string | null | undefined;
}

export interface RemoveFile {
  readonly path: string;
  readonly deletionTimestamp?: number | null | undefined;
  readonly dataChange: boolean;
  readonly extendedFileMetadata?: boolean | null | undefined;
  readonly partitionValues?: Readonly<Record<string, string | null>> | null | undefined;
  readonly size?: number | null | undefined;
}

export interface MetaData {
  readonly id: string;
  readonly format: { readonly provider: string; readonly options: Readonly<Record<string, string>> };
  readonly schemaString: string;
  readonly partitionColumns: readonly string[];
  readonly configuration: Readonly<Record<string, string | null>>;
  readonly createdTime?: number | null | undefined;
}

export interface Txn {
  readonly appId: string;
  readonly version: number;
  readonly lastUpdated?: number | null | undefined;
}

export interface Protocol {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
}

export interface CommitInfo {
  readonly timestamp: number;
  readonly operation: string;
  readonly operationParameters: Readonly<Record<string, string>>;
  readonly engineInfo: string;
  /** Names one call of commit: by it a writer knows its own commit when the acknowledgement was lost. */
  readonly attempt: string;
  readonly strata: LedgerEntry;
}

export type Action =
  | { readonly commitInfo: CommitInfo }
  | { readonly protocol: Protocol }
  | { readonly metaData: MetaData }
  | { readonly add: AddFile }
  | { readonly remove: RemoveFile }
  | { readonly txn: Txn };

/** One version of a table, as read from its log. */
export interface Commit {
  readonly version: Version;
  /** Undefined for commits of other writers and where the ledger was not asked for. */
  readonly entry: LedgerEntry | undefined;
  readonly attempt: string | undefined;
  readonly protocol: Protocol | undefined;
  readonly metaData: MetaData | undefined;
  readonly adds: readonly AddFile[];
  readonly removes: readonly RemoveFile[];
  readonly txns: readonly Txn[];
}

const texts = z.record(z.string(), z.string().nullable());
const natural = z.number().int().min(0);

const line = z.object({
  commitInfo: z.object({ attempt: z.string().optional(), strata: ledgerEntryShape.optional() }).optional(),
  protocol: z.object({ minReaderVersion: natural, minWriterVersion: natural }).optional(),
  metaData: z
    .object({
      id: z.string(),
      format: z.object({ provider: z.string(), options: z.record(z.string(), z.string()) }),
      schemaString: z.string(),
      partitionColumns: z.array(z.string()),
      configuration: texts,
      createdTime: natural.nullish(),
    })
    .optional(),
  add: z
    .object({
      path: z.string().min(1),
      partitionValues: texts,
      size: natural,
      modificationTime: z.number(),
      dataChange: z.boolean(),
      stats: z.string().nullish(),
    })
    .optional(),
  remove: z
    .object({
      path: z.string().min(1),
      deletionTimestamp: z.number().nullish(),
      dataChange: z.boolean(),
      extendedFileMetadata: z.boolean().nullish(),
      partitionValues: texts.nullish(),
      size: natural.nullish(),
    })
    .optional(),
  txn: z.object({ appId: z.string(), version: z.number().int(), lastUpdated: z.number().nullish() }).optional(),
});

/** Zod says what is there; exact optional properties are the ledger's own. */
type ParsedLine = Omit<z.infer<typeof line>, 'commitInfo'> & {
  readonly commitInfo?: { readonly attempt?: string; readonly strata?: LedgerEntry };
};

export const printActions = (actions: readonly Action[]): string =>
  actions.map((action) => `${JSON.stringify(action)}\n`).join('');

/**
 * @param file for messages.
 * @param only `ledger`: looks no further than the line with the ledger entry.
 * @throws corrupt, with file and line.
 */
export function parseCommit(text: string, version: Version, file: string, only?: 'ledger'): Commit {
  const adds: AddFile[] = [];
  const removes: RemoveFile[] = [];
  const txns: Txn[] = [];
  let info: ParsedLine['commitInfo'];
  let protocol: Protocol | undefined;
  let metaData: MetaData | undefined;
  if (!text.endsWith('\n')) throw corruptCommit(file, lineCount(text), 'the last line is cut off');
  for (let start = 0, number = 1; start < text.length; number++) {
    const end = text.indexOf('\n', start);
    const action = parseLine(text.slice(start, end), file, number);
    start = end + 1;
    if (action.commitInfo) info = action.commitInfo;
    if (action.protocol) protocol = action.protocol;
    if (action.metaData) metaData = action.metaData;
    if (action.add) adds.push(action.add);
    if (action.remove) removes.push(action.remove);
    if (action.txn) txns.push(action.txn);
    if (only && info) break;
  }
  return { version, entry: info?.strata, attempt: info?.attempt, protocol, metaData, adds, removes, txns };
}

function parseLine(text: string, file: string, number: number): ParsedLine {
  if (text.trim() === '') return {};
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw corruptCommit(file, number, 'not JSON', error);
  }
  const result = line.safeParse(json);
  if (!result.success) throw corruptCommit(file, number, z.prettifyError(result.error));
  const format = result.data.commitInfo?.strata?.format;
  if (format !== undefined && format > LEDGER_FORMAT) {
    throw new StrataError(
      'corrupt',
      `Ledger format ${format} is newer than this Strata, which reads ${LEDGER_FORMAT}`,
      {
        where: `${file}:${number}`,
        hint: 'Upgrade this worker to the version of Strata that wrote the table.',
      },
    );
  }
  // Not zod's copy: it reorders keys, and a claim is compared by its JSON text.
  return json as ParsedLine;
}

const lineCount = (text: string): number => text.split('\n').length;

export function corruptCommit(file: string, number: number, what: string, cause?: unknown): StrataError {
  return new StrataError('corrupt', `The table log cannot be read: ${what}`, {
    where: `${file}:${number}`,
    hint: 'Restore this file from a backup of the lake; nothing else of the table is damaged.',
    cause,
  });
}
