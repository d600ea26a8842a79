import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { sweepTempFolders } from '../activities/attempt.ts';
import { Definitions } from '../activities/definitions.ts';
import { Lake } from '../activities/lake-tables.ts';
import type { Platform } from '../activities/platform.ts';
import { nowOf, type Settings } from '../config/settings.ts';
import { StrataError } from '../core/errors.ts';
import type { Project } from '../core/project.ts';
import { openSession, type Session, type SessionOptions } from '../engine/session.ts';
import { openStore } from '../lake/open-store.ts';
import { connectionsOf } from './connections.ts';

/** A project, and where its SQL files are on this machine. */
export interface ServedProject {
  readonly project: Project;
  readonly sqlRoot: string;
}

/** Builds of one pipeline that are started at once, over all workers; each worker takes as many as its settings say. */
const PARALLEL_BUILDS = 32;

/** What needs no Temporal: enough to look at the lake and to plan. */
export type LocalPlatform = Omit<Platform, 'client'>;

export async function composePlatform(
  settings: Settings,
  served: ServedProject,
  connection: NativeConnection,
): Promise<Platform> {
  const client = new Client({ connection, namespace: settings.temporal.namespace });
  // Not a copy: it would read the clock once and for all.
  return Object.assign(await composeLocal(settings, served), { client });
}

/**
 * From settings to what activities stand on. Opens the lake (and refuses an S3 server without conditional writes) and
 * reads the project's SQL; sources and warehouses are connected when they are needed.
 * @throws bad_settings, bad_definition, unreachable
 */
export async function composeLocal(
  settings: Settings,
  { project, sqlRoot }: ServedProject,
  { readOnly = false }: { readonly readOnly?: boolean } = {},
): Promise<LocalPlatform> {
  const sessions = sessionOptions(settings);
  await makeTemp(settings.temp);
  await sweepTempFolders(settings.temp);
  const store = await openStore(settings.lake.uri, { s3: sessions.s3, readOnly });
  await using session = await openSession(sessions);
  const open = (signal?: AbortSignal): Promise<Session> => openSession({ ...sessions, ...(signal && { signal }) });
  return {
    env: settings.env,
    project,
    definitions: await Definitions.load(project, sqlRoot, session),
    store,
    lake: new Lake(store, settings.env),
    temp: settings.temp,
    batchDays: settings.batchPartitions,
    parallelBuilds: PARALLEL_BUILDS,
    trainingThreads: Math.max(1, Math.floor(availableParallelism() / settings.trainings)),
    openSession: open,
    ...connectionsOf(settings, sessions),
    now: () => nowOf(settings),
    get simulatedNow() {
      return settings.now;
    },
  };
}

function sessionOptions({ duckdb, temp, lake }: Settings): SessionOptions {
  const { memoryLimit, threads, extensionsDirectory } = duckdb;
  const { s3 } = lake;
  return {
    memoryLimit,
    threads,
    tempDirectory: temp,
    ...(extensionsDirectory !== undefined && { extensionsDirectory }),
    ...(s3 && {
      s3: {
        region: s3.region,
        accessKeyId: s3.accessKeyId,
        secretAccessKey: s3.secretAccessKey.reveal(),
        ...(s3.endpoint !== undefined && { endpoint: s3.endpoint }),
      },
    }),
  };
}

async function makeTemp(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new StrataError('bad_settings', `The folder for temporary files cannot be made: ${folder}`, {
      where: 'STRATA_TEMP',
      hint: 'Set STRATA_TEMP to a folder that can be written.',
      cause,
    });
  }
}
