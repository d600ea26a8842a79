import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';

/** What a process has used so far. Undefined where the system does not tell. */
export interface ProcessFigures {
  /** The most that lay in memory at once. */
  readonly peakMiB: number | undefined;
  /** All threads, user and system. */
  readonly cpuSeconds: number | undefined;
}

/** Of a living process, from Linux's /proc. */
export function processFigures(pid: number): ProcessFigures {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const peakKiB = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]);
    // The name in parentheses may hold blanks; user and system time are the 12th and 13th field after it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return { peakMiB: peakKiB / 1024, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond() };
  } catch {
    return { peakMiB: undefined, cpuSeconds: undefined };
  }
}

/** Processor time since an earlier look; the peak of the whole life. */
export function figuresSince(before: ProcessFigures, pid: number): ProcessFigures {
  const { peakMiB, cpuSeconds } = processFigures(pid);
  const known = cpuSeconds !== undefined && before.cpuSeconds !== undefined;
  return { peakMiB, cpuSeconds: known ? cpuSeconds - before.cpuSeconds! : undefined };
}

let ticks: number | undefined;
function ticksPerSecond(): number {
  ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return ticks;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The machine's size, for beside the figures. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${availableParallelism()} cores (${model}), ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.versions.node}`;
}

/** A table for the terminal and, as it is Markdown, for docs/benchmarks.md. */
export function printTable(head: readonly string[], rows: readonly (readonly (string | number | undefined)[])[]): void {
  const line = (cells: readonly (string | number | undefined)[]) =>
    `| ${cells.map((cell) => (typeof cell === 'number' ? round(cell) : (cell ?? '-'))).join(' | ')} |`;
  console.log([line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n'));
}

const round = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2));
