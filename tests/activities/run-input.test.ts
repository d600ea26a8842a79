import { expect, test } from 'vitest';
import { checkBackfill, checkPublication, checkRun } from '../../activities/run-input.ts';
import company from '../../config/project.ts';
import { instant } from '../../core/instant.ts';

const PIPELINE = 'daily_oltp_to_olap';
const at = { nominal: undefined, now: instant('2026-11-20') };
const run = (params: object) => checkRun(company, PIPELINE, { from: '2026-11-10', params }, at);
const backfill = (params: object) =>
  checkBackfill(company, { pipeline: PIPELINE, from: '2026-11-10', to: '2026-11-11', params }, at.now);

const failureOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as { describe(): string }).describe();
  }
  throw new Error('it was accepted');
};

test('parameters are typed and have their defaults', () => {
  expect(run({}).params).toEqual({ fullRefresh: false });
  expect(run({ fullRefresh: true }).params).toEqual({ fullRefresh: true });
});

test('a full refresh of a backfill does everything of its range again', () => {
  expect(backfill({}).reprocess).toBe('none');
  expect(backfill({ fullRefresh: true }).reprocess).toBe('completed');
});

test('an unknown parameter and a wrong value name what is valid', () => {
  expect(failureOf(() => run({ fullrefresh: true }))).toMatch(
    /has no parameter fullrefresh.*Did you mean fullRefresh\? Valid: fullRefresh/s,
  );
  expect(failureOf(() => run({ fullRefresh: 'yes' }))).toMatch(
    /fullRefresh: .*boolean.*Its parameters are: fullRefresh/s,
  );
});

test('a publication of a pipeline that is not there, or of a cut that is no number', () => {
  expect(failureOf(() => checkPublication(company, { pipeline: 'daily', cut: 1 }))).toContain(PIPELINE);
  expect(failureOf(() => checkPublication(company, { pipeline: PIPELINE, cut: 0 }))).toContain('cut');
  expect(checkPublication(company, { pipeline: PIPELINE, cut: 12 })).toMatchObject({ publishTo: 'analytics', cut: 12 });
});
