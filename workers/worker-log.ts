import { DefaultLogger, type LogEntry } from '@temporalio/worker';

/** Said of every queue without workflows; that is how they are meant. */
const EXPECTED = /^No (workflows|activities) registered/;

/**
 * Temporal's warnings and errors as single lines on stderr. What runs do, and why they fail, is shown by Temporal itself;
 * stacks and causes stay there too.
 */
export const workerLogger = (write: (line: string) => void = (line) => process.stderr.write(line)) =>
  new DefaultLogger('WARN', (entry) => {
    if (!EXPECTED.test(entry.message)) write(`${lineOf(entry)}\n`);
  });

function lineOf({ timestampNanos, level, message, meta }: LogEntry): string {
  const at = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  const { workflowId, activityType, attempt, error } = (meta ?? {}) as Record<string, unknown>;
  const subject = [activityType, workflowId, typeof attempt === 'number' && attempt > 1 && `attempt ${attempt}`];
  const why = error instanceof Error ? `: ${error.message.replaceAll('\n', ' ')}` : '';
  return [at, level, message, ...subject.filter(Boolean)].join(' ') + why;
}
