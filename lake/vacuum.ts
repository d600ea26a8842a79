import { PARTITION_COLUMN } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import { type Instant, millisOf } from '../core/instant.ts';
import type { Version } from '../core/ledger.ts';
import { cutNamed, cutNumbers } from './cuts.ts';
import { readTail } from './delta-log.ts';
import { decodePath } from './delta-paths.ts';
import { commitFile, logFolder, plansFolder, versionOf } from './layout.ts';
import type { ObjectStore } from './object-store.ts';
import { readPins } from './pins.ts';
import type { Table } from './table.ts';

const HOUR = 3_600_000;

export interface VacuumRequest {
  readonly store: ObjectStore;
  readonly env: string;
  readonly tables: readonly Table[];
  /** Their newest cuts are kept readable. */
  readonly pipelines: readonly string[];
  readonly now: Instant;
  /** Nothing younger is touched, and no version that was the newest within this time loses a file. At least an hour. */
  readonly graceMillis: number;
  /** Newest cuts per pipeline whose versions stay readable. */
  readonly keepCuts: number;
  /** Versions that others than pins and cuts name: what models in use were trained from. */
  readonly alsoKeep?: readonly Readonly<Record<string, Version>>[];
  /** Says what would be deleted. */
  readonly dryRun: boolean;
}

export interface VacuumResult {
  readonly deleted: readonly string[];
  readonly bytes: number;
}

/**
 * Deletes files that no kept version names: left by attempts that lost, or replaced long ago. Kept are
 * the newest version of each table, those of the grace period, of pins that have not expired, of the newest cuts and of
 * `alsoKeep`.
 * @throws bad_input on a short grace period; corrupt when a log, pin or cut cannot be read: then nothing is deleted
 */
export async function vacuum(request: VacuumRequest): Promise<VacuumResult> {
  if (!(request.graceMillis >= HOUR)) {
    throw new StrataError('bad_input', `A grace period of ${request.graceMillis} ms is too short for running work`, {
      hint: 'Give at least an hour; seven days is a good choice.',
    });
  }
  const before = millisOf(request.now) - request.graceMillis;
  const wanted = await wantedVersions(request);
  // All is decided before anything goes: a log that cannot be read stops it as a whole.
  const doomed: Doomed[] = [];
  for (const table of request.tables)
    doomed.push(...(await unreferenced(table, wanted.get(table.dataset) ?? [], before)));
  // A plan is read when its build begins; one that is wanted again is planned, and written, again.
  doomed.push(...(await oldFiles(request.store, plansFolder(request.env), before)));
  const deleted = doomed.map(({ path }) => path);
  if (!request.dryRun) await request.store.delete(deleted);
  return { deleted, bytes: doomed.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Dataset -> versions named by pins and cuts. */
async function wantedVersions(request: VacuumRequest): Promise<Map<string, Version[]>> {
  const { store, env } = request;
  const wanted = new Map<string, Version[]>();
  const want = (versions: Readonly<Record<string, Version>>): void => {
    for (const [dataset, version] of Object.entries(versions)) {
      wanted.set(dataset, [...(wanted.get(dataset) ?? []), version]);
    }
  };
  for (const versions of request.alsoKeep ?? []) want(versions);
  for (const pin of await readPins(store, env)) if (pin.expiresAt > request.now) want(pin.versions);
  for (const pipeline of request.pipelines) {
    const numbers = await cutNumbers(store, env, pipeline);
    for (const number of numbers.slice(Math.max(0, numbers.length - request.keepCuts))) {
      const cut = await cutNamed(store, env, pipeline, number);
      if (cut) want(cut.versions);
    }
  }
  return wanted;
}

interface Doomed {
  readonly path: string;
  readonly bytes: number;
}

async function unreferenced(table: Table, wanted: readonly Version[], before: number): Promise<Doomed[]> {
  // The files first: what is committed while this runs is younger than the grace period or named by the log read below.
  const data = await oldFiles(table.store, `${table.folder}/${PARTITION_COLUMN}=`, before);
  const side = await oldFiles(table.store, `${table.folder}/_strata/side/`, before);
  if (data.length + side.length === 0) return [];
  const named = await namedFiles(table, wanted, before);
  return [...data, ...side].filter(({ path }) => !named.has(path.slice(table.folder.length + 1)));
}

/** Paths named by the kept versions of a table, relative to it. */
async function namedFiles(table: Table, wanted: readonly Version[], before: number): Promise<Set<string>> {
  const named = new Set<string>();
  const newest = await table.load();
  const oldest = await lastVersionBefore(table, before);
  for (const version of new Set([newest.version, oldest, ...wanted])) {
    // A pin may name what this table has lost by a restore; that must not stop vacuum for good.
    if (version > newest.version) continue;
    const { files, ledger } = await table.loadAt(version);
    for (const path of files.keys()) named.add(path);
    if (ledger.tombstones) named.add(ledger.tombstones);
    for (const { path } of ledger.keyChanges) named.add(path);
  }
  for (const commit of await readTail(table.store, table.folder, oldest)) {
    const file = commitFile(table.folder, commit.version);
    for (const { path } of commit.adds) named.add(decodePath(path, file));
    if (commit.entry?.tombstones) named.add(commit.entry.tombstones);
    if (commit.entry?.keyChanges) named.add(commit.entry.keyChanges.path);
  }
  return named;
}

/** The version that was the newest at this moment; -1 when there was none. */
async function lastVersionBefore(table: Table, before: number): Promise<Version> {
  let last = -1;
  for await (const { path, modifiedAt } of table.store.list(logFolder(table.folder))) {
    const version = versionOf(path, '.json');
    if (version !== undefined && modifiedAt.getTime() <= before) last = Math.max(last, version);
  }
  return last;
}

async function oldFiles(store: ObjectStore, prefix: string, before: number): Promise<Doomed[]> {
  const found: Doomed[] = [];
  for await (const { path, bytes, modifiedAt } of store.list(prefix)) {
    if (modifiedAt.getTime() < before) found.push({ path, bytes });
  }
  return found;
}
