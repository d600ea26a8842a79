import type { ServiceName } from './service.types.ts';

/** What a start, a build or a download tells while it works. Every `start` is followed by one `done` or `failed`. */
export interface ServiceEvent {
  about: ServiceName | 'duckdb' | 'services';
  kind: 'start' | 'progress' | 'done' | 'failed' | 'note';
  message: string;
  /** Since the step began, in milliseconds. */
  elapsedMs?: number;
}

export type ServiceReport = (event: ServiceEvent) => void;

/** How often a silent step says that it lives. */
const HEARTBEAT_MS = 10_000;

/**
 * Runs one step and reports its start, its time and its end. While it runs, a line every ten seconds says what it last
 * did, so that a build of minutes does not look hung. `work` may call `progress` with its newest line.
 */
export async function reportStep<T>(
  report: ServiceReport,
  about: ServiceEvent['about'],
  message: string,
  work: (progress: (line: string) => void) => Promise<T>,
): Promise<T> {
  const started = Date.now();
  const elapsedMs = () => Date.now() - started;
  let latest = '';
  report({ about, kind: 'start', message });
  const heartbeat = setInterval(() => {
    const detail = latest ? `${message}: ${latest}` : message;
    report({ about, kind: 'progress', message: detail, elapsedMs: elapsedMs() });
  }, HEARTBEAT_MS);
  try {
    const result = await work((line) => {
      latest = line;
    });
    report({ about, kind: 'done', message, elapsedMs: elapsedMs() });
    return result;
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    report({ about, kind: 'failed', message: `${message}: ${reason}`, elapsedMs: elapsedMs() });
    throw error;
  } finally {
    clearInterval(heartbeat);
  }
}

/** A report that prints one plain line per event. */
export function printReport(print: (line: string) => void): ServiceReport {
  const mark = { start: '..', progress: '..', done: 'ok', failed: '--', note: '  ' } as const;
  return ({ about, kind, message, elapsedMs }) => {
    const time = elapsedMs === undefined ? '' : ` (${(elapsedMs / 1000).toFixed(1)} s)`;
    print(`${mark[kind]} ${about.padEnd(9)} ${message}${time}`);
  };
}
