import { type ChildProcess, spawn } from 'node:child_process';

// When this process is killed it cannot stop its servers any more. The kernel then closes the pipe that this shell reads
// from, and the shell stops them. It keeps "pid:signal" words; SIGINT and SIGTERM are not for it, since Ctrl-C goes to all.
const SCRIPT = `
trap '' INT TERM HUP
servers=''
without() { kept=''; for s in $servers; do case $s in "$1":*) ;; *) kept="$kept $s";; esac; done; servers=$kept; }
while read -r op pid signal; do
  case $op in
    +) servers="$servers $pid:$signal" ;;
    -) without "$pid" ;;
  esac
done
for s in $servers; do kill -"\${s#*:}" "\${s%:*}" 2>/dev/null; done
tries=0
while [ $tries -lt 150 ]; do
  living=''
  for s in $servers; do kill -0 "\${s%:*}" 2>/dev/null && living="$living $s"; done
  servers=$living
  [ -z "$servers" ] && exit 0
  tries=$((tries + 1))
  sleep 0.2
done
for s in $servers; do kill -KILL "\${s%:*}" 2>/dev/null; done
`;

let watchdog: ChildProcess | undefined;

/** From now on the server ends when this process does, however that happens. */
export function watch(pid: number, signal: NodeJS.Signals): void {
  tell(`+ ${pid} ${signal.replace(/^SIG/, '')}`);
}

/** The process has ended; its number may soon belong to another. */
export function unwatch(pid: number): void {
  tell(`- ${pid}`);
}

function tell(line: string): void {
  watchdog ??= startWatchdog();
  watchdog.stdin?.write(`${line}\n`);
}

function startWatchdog(): ChildProcess {
  const child = spawn('/bin/sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  // Losing the watchdog loses only the clean-up after a kill of this process.
  child.on('error', () => {});
  child.stdin?.on('error', () => {});
  child.unref();
  (child.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return child;
}
