import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process that stays recognisable after its number has been given to another one. */
export interface ProcessIdentity {
  pid: number;
  /** When it began, in the unit of the platform; only compared for equality. */
  started: string;
}

/** The identity of a living process, or undefined when none has this number. */
export function identify(pid: number): ProcessIdentity | undefined {
  const started = process.platform === 'linux' ? startTicks(pid) : startDate(pid);
  return started ? { pid, started } : undefined;
}

/** Whether exactly this process still runs, and not another that inherited its number. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.started === identity.started;
}

function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name stands in parentheses and may hold spaces, so count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not looked yet.
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function startDate(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return line.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Sends the signal, waits, then SIGKILL. Resolves when the process is gone. Does nothing if it is gone already. */
export async function endProcess(identity: ProcessIdentity, signal: NodeJS.Signals, graceMs = 30_000): Promise<void> {
  const deadline = Date.now() + graceMs;
  send(identity, signal);
  while (isAlive(identity)) {
    if (Date.now() > deadline) send(identity, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function send(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    // It may end between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
