import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';

// The SDK's own historyToJSON needs one shared copy of protobufjs, which npm's layout does not promise.
const { History } = proto.temporal.api.history.v1;
type History = ReturnType<typeof History.fromObject>;

const FOLDER = fileURLToPath(new URL('./histories/', import.meta.url));

export interface KeptHistory {
  readonly name: string;
  readonly workflowId: string;
  readonly history: History;
}

/** Keeps a workflow's history for the replay test, without what tells about the machine it ran on. */
export async function keepHistory(name: string, handle: WorkflowHandle): Promise<void> {
  const fetched = History.fromObject(await handle.fetchHistory());
  const history = scrubbed(History.toObject(fetched, { longs: String, enums: String, bytes: String }));
  await mkdir(FOLDER, { recursive: true });
  await writeFile(`${FOLDER}${name}.json`, `${JSON.stringify({ workflowId: handle.workflowId, history }, null, 1)}\n`);
}

/** All histories that are kept, by name. */
export async function keptHistories(): Promise<KeptHistory[]> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.json')).sort();
  return Promise.all(
    files.map(async (file) => {
      const { workflowId, history } = JSON.parse(await readFile(`${FOLDER}${file}`, 'utf8'));
      return { name: file.replace('.json', ''), workflowId, history: History.fromObject(history) };
    }),
  );
}

const OF_THE_MACHINE: Readonly<Record<string, string>> = { identity: 'worker', stackTrace: '' };

/** Names of sticky queues hold process and host. */
const STICKY = /^\d+@[\w.-]+$/;

function scrubbed(value: unknown): unknown {
  if (typeof value === 'string') return STICKY.test(value) ? 'sticky' : value;
  if (Array.isArray(value)) return value.map(scrubbed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, OF_THE_MACHINE[key] ?? scrubbed(inner)]));
}
