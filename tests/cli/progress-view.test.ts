import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { Output } from '../../cli/output.ts';
import { progressView } from '../../cli/progress-view.ts';
import type { WorkflowProgress } from '../../workflows/messages.ts';

/** What a person at a terminal, or a program at a pipe, is shown. */
function screen(isTTY: boolean) {
  const stderr = Object.assign(new PassThrough(), { isTTY, columns: 120, cursorTo: () => true, clearLine: () => true });
  let shown = '';
  stderr.on('data', (chunk) => {
    shown += chunk;
  });
  const out = new Output(false, new PassThrough(), stderr as never);
  return { view: progressView(out), shown: () => shown };
}

const at = (state: string, done: number, more: Partial<WorkflowProgress> = {}): WorkflowProgress => ({
  state,
  done,
  total: 4,
  datasets: [],
  failures: [],
  paused: false,
  ...more,
});
const RETRY = {
  of: ['bronze.sale'],
  attempt: 2,
  message: 'PostgreSQL does not answer',
};

test('on a terminal it is a bar, which goes on below a retry that is printed', () => {
  const { view, shown } = screen(true);
  view.update(at('ingesting', 1));
  view.update(at('ingesting', 2, { failures: [{ dataset: 'bronze.sale', message: 'gone' }] }));
  view.retries([RETRY]);
  view.update(at('publishing', 4));
  view.end();
  const text = shown();
  expect(text).toContain('█');
  expect(text).toMatch(/1\/4 {2}ingesting/);
  expect(text).toMatch(/4\/4 {2}publishing/);
  expect(text).toContain('PostgreSQL does not answer');
  expect(text.indexOf('PostgreSQL')).toBeLessThan(text.indexOf('publishing'));
  // The cursor is hidden while the bar is there, and shown again at its end.
  expect(text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(text.lastIndexOf('\u001b[?25l'));
});

test('elsewhere it is a line for each phase and each failure, without control characters', () => {
  const { view, shown } = screen(false);
  view.update(at('ingesting', 1));
  view.update(at('ingesting', 2, { failures: [{ dataset: 'bronze.sale', message: 'gone' }] }));
  view.update(at('ingesting', 2, { failures: [{ dataset: 'bronze.sale', message: 'gone' }] }));
  view.update(at('publishing', 3));
  view.end();
  const lines = shown().trimEnd().split('\n');
  expect(lines.map((line) => line.replace(/^ *\S+ +\S* */, '').trim())).toHaveLength(3);
  expect(shown()).toMatch(/ingesting, 1 of 4\n.*failed: bronze\.sale: gone\n.*publishing, 3 of 4\n/);
  expect(shown()).not.toContain('\u001b');
});
