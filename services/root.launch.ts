import { execFileSync } from 'node:child_process';
import { lchownSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StrataError } from '../core/errors.ts';
import { onPath } from './program.search.ts';

/** A command as it must be run so that the program does not see itself as root. */
export type Unrooted = (command: string, args: string[]) => { command: string; args: string[] };

const ACCOUNTS = ['postgres', 'nobody'];

/**
 * PostgreSQL refuses to run as root, so where we are root it is run as somebody else. First choice is a user namespace:
 * inside it the process is an ordinary user, outside it still reads and writes as root, so that folders which only root
 * may enter work too. Where namespaces are forbidden (most containers) it changes the user and keeps the right to pass
 * through such folders. `dataFolder` is created with the right owner.
 */
export function withoutRoot(dataFolder: string): Unrooted {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  if (process.getuid?.() !== 0) return (command, args) => ({ command, args });
  const account = ACCOUNTS.map(lookUp).find((found) => found !== undefined);
  const owner = statSync(dataFolder);
  // Whoever made the data before must run the server again: it refuses files of somebody else.
  const others = owner.uid === 0 ? account && [namespace(account), otherUser(account)] : [otherUser(owner)];
  for (const prefix of others ?? []) {
    const [program, ...rest] = prefix.words;
    if (!program || !onPath(program) || !runs(program, [...rest, 'true'])) continue;
    if (prefix.owner) own(dataFolder, prefix.owner);
    return (command, args) => ({ command: program, args: [...rest, command, ...args] });
  }
  throw new StrataError(
    'access_denied',
    'PostgreSQL refuses to run as root, and no way was found to run it as another user',
    {
      hint: 'Work as an ordinary user, install util-linux (unshare, setpriv), or set POSTGRES_URL to a running server.',
    },
  );
}

function own(folder: string, { uid, gid }: Account): void {
  if (statSync(folder).uid === uid) return;
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    lchownSync(join(folder, path), uid, gid);
  lchownSync(folder, uid, gid);
}

interface Account {
  uid: number;
  gid: number;
}

function namespace({ uid, gid }: Account): { words: string[]; owner?: Account } {
  return { words: ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`] };
}

function otherUser(owner: Account): { words: string[]; owner?: Account } {
  const identity = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups'];
  return { words: ['setpriv', ...identity, '--inh-caps=+dac_override', '--ambient-caps=+dac_override'], owner };
}

/** initdb asks who it runs as, so the user must be one that the system knows. */
function lookUp(name: string): Account | undefined {
  try {
    const number = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: number('-u'), gid: number('-g') };
  } catch {
    return undefined;
  }
}

function runs(command: string, args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
