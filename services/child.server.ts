import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StrataError } from '../core/errors.ts';
import { lastWords } from './command.run.ts';
import { unwatch, watch } from './orphan.watchdog.ts';
import { portTaken } from './port.check.ts';
import { endProcess, identify, type ProcessIdentity } from './process.identity.ts';
import type { ServiceContext } from './service.context.ts';
import type { ServiceName } from './service.types.ts';

/** One server process to be: how to run it, and how to tell that it answers. */
export interface ServerLaunch {
  name: ServiceName;
  command: string;
  args: string[];
  env?: Record<string, string>;
  /** The listening port and the setting that changes it, for the message when it is taken. */
  ports: { port: number; setting: string }[];
  stopSignal: NodeJS.Signals;
  readyTimeoutMs: number;
  /** Words in the log after which a failed start is worth another try. */
  retryWhen?: RegExp;
  /** Resolves when the server answers; throws while it does not. */
  ready(): Promise<void>;
}

export interface ChildServer {
  identity: ProcessIdentity;
  /** Resolves when the process has ended, for whatever reason. */
  ended: Promise<void>;
  /** Sends the signal and resolves when the process is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

const POLL_MS = 100;
const RETRIES = 30;
const RETRY_MS = 500;
const LOG_LIMIT_BYTES = 10_000_000;

/** Starts the process with its output in the log folder and waits until it answers. */
export async function startChild(launch: ServerLaunch, context: ServiceContext): Promise<ChildServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(launch, context);
    } catch (error) {
      const again = error instanceof StrataError && launch.retryWhen?.test(error.hint ?? '');
      if (!again || attempt === RETRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function startOnce(launch: ServerLaunch, context: ServiceContext): Promise<ChildServer> {
  const log = openLog(context, launch.name);
  const child = spawn(launch.command, launch.args, {
    env: { ...process.env, ...launch.env },
    stdio: ['ignore', log.fd, log.fd],
    // Its own process group: Ctrl-C must reach this process first, which then stops the servers in order.
    detached: true,
  });
  closeSync(log.fd);
  const ending = watchEnd(child);
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity) watch(identity.pid, launch.stopSignal);
  const gone = ending.then(() => identity && unwatch(identity.pid));
  await untilReady(launch, log, ending, identity);
  if (!identity) throw new StrataError('internal', `${launch.name} answered but has no process`);
  child.unref();
  const end = async (signal: NodeJS.Signals) => {
    // Without this a process that has nothing else to do would end before its server has.
    child.ref();
    await endProcess(identity, signal);
    await gone;
  };
  return { identity, ended: gone.then(() => {}), end };
}

async function untilReady(
  launch: ServerLaunch,
  log: { path: string; from: number },
  end: Promise<string>,
  identity: ProcessIdentity | undefined,
): Promise<void> {
  const deadline = Date.now() + launch.readyTimeoutMs;
  let ended: string | undefined;
  end.then((how) => {
    ended = how;
  });
  let lastError: unknown;
  for (;;) {
    // Another server on the same port may answer: only a living child counts.
    const answered = await launch.ready().then(
      () => true,
      (error) => {
        lastError = error;
        return false;
      },
    );
    if (ended !== undefined) throw await failedStart(launch, log, `ended with ${ended}`, lastError);
    if (answered) return;
    if (Date.now() > deadline) {
      if (identity) await endProcess(identity, launch.stopSignal);
      throw await failedStart(launch, log, `gave no answer in ${launch.readyTimeoutMs / 1000} s`, lastError);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function failedStart(
  launch: ServerLaunch,
  log: { path: string; from: number },
  what: string,
  cause: unknown,
): Promise<StrataError> {
  const said = readFileSync(log.path).subarray(log.from).toString('utf8');
  const blocked = launch.ports.find(({ port }) => said.includes(String(port)));
  if (blocked && /address already in use|BindException|bind: /i.test(said))
    return portTaken(blocked.port, blocked.setting);
  return new StrataError('unreachable', `${launch.name} was started but ${what}`, {
    where: `${launch.command}, log ${log.path}`,
    hint: said.trim() ? `It said: ${lastWords(said)}` : 'It said nothing. Run the command by hand to see why.',
    cause,
  });
}

/** Resolves with how the process ended. */
function watchEnd(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
  });
}

function openLog(context: ServiceContext, name: ServiceName): { fd: number; path: string; from: number } {
  const folder = join(context.dataDir, 'logs');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.log`);
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const fd = openSync(path, size > LOG_LIMIT_BYTES ? 'w' : 'a');
  writeSync(fd, `--- started ${new Date().toISOString()}\n`);
  return { fd, path, from: statSync(path).size };
}
