import { expect, it } from 'vitest';
import { resolveRange } from '../../core/interval.ts';
import { QUEUES, queueName } from '../../core/queue-names.ts';
import { parseWorkflowId, workflowIds } from '../../core/workflow-ids.ts';

const range = resolveRange('2026-11-01', '2026-11-11', 'day');

it('ids say what they are and can be read back', () => {
  expect(workflowIds.run('dev', 'nightly', range)).toBe('run/dev/nightly/[2026-11-01, 2026-11-12)');
  expect(workflowIds.backfill('dev', 'nightly', range, 2)).toBe('backfill/dev/nightly/[2026-11-01, 2026-11-12)/2');
  expect(workflowIds.converge('prod', 'nightly')).toBe('converge/prod/nightly');
  expect(parseWorkflowId(workflowIds.ingest('dev', 'bronze.payment', range))).toEqual({
    kind: 'ingest',
    env: 'dev',
    subject: 'bronze.payment',
    range: '[2026-11-01, 2026-11-12)',
  });
  expect(parseWorkflowId('something-else')).toBeUndefined();
});

it('queues of two environments never meet', () => {
  const all = ['dev', 'prod'].flatMap((env) => QUEUES.map((queue) => queueName(env, queue)));
  expect(new Set(all).size).toBe(2 * QUEUES.length);
});
