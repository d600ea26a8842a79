import { expect, test } from 'vitest';
import { scheduleOptions, shapeOf } from '../../cli/schedule-plan.ts';
import project from '../../config/project.ts';
import { pipeline } from '../../core/builders.ts';
import { scheduledNamed, scheduledOf } from '../../core/scheduled.ts';
import { WORKFLOW_TYPES } from '../../core/workflow-ids.ts';
import bank, { fraud } from '../retrain/bank/project.ts';

const daily = { cron: '0 3 * * *', timezone: 'UTC' } as const;
const scheduled = {
  ...bank,
  retrainings: [{ ...fraud, after: undefined, schedule: daily, scoring: { ...fraud.scoring!, schedule: daily } }],
};

test('what has a schedule is named, with its own way of meeting the one before', () => {
  expect(scheduledOf(bank)).toEqual([]);
  const shapes = scheduledOf(scheduled).map((each) => [each.name, shapeOf(each, 'dev')]);
  expect(Object.fromEntries(shapes)).toEqual({
    'drift_and_retrain/bank_fraud': {
      cron: '0 3 * * *',
      workflow: 'drift_and_retrain',
      workflowId: 'retrain/dev/bank_fraud/scheduled',
      input: '{"model":"bank_fraud"}',
      queue: 'strata-dev-control',
      overlap: 'ALLOW_ALL',
      catchup: '24 hours',
    },
    'hourly_fraud_detection/bank_fraud': {
      cron: '0 3 * * *',
      workflow: 'hourly_fraud_detection',
      workflowId: 'score/dev/bank_fraud/scheduled',
      input: '{"model":"bank_fraud"}',
      queue: 'strata-dev-control',
      overlap: 'SKIP',
      catchup: '1 hours',
    },
  });
  const options = scheduleOptions(scheduledNamed(scheduled, 'hourly_fraud_detection/bank_fraud'), 'dev');
  expect(options.policies).toEqual({ overlap: 'SKIP', catchupWindow: 3_600_000 });
  expect(() => scheduledNamed(scheduled, 'hourly_fraud_detection')).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('hourly_fraud_detection/bank_fraud') }),
  );
});

test('the shipped project has its pipelines on schedule, and its scoring every hour', () => {
  const shapes = scheduledOf(project).map((each) => [each.name, shapeOf(each, 'prod').cron, each.overlap]);
  expect(shapes).toEqual([
    ['daily_oltp_to_olap', '0 2 * * *', 'BUFFER_ALL'],
    ['weekly_customer_segmentation', expect.any(String), 'BUFFER_ALL'],
    ['hourly_fraud_detection/payment_fraud', '5 * * * *', 'SKIP'],
  ]);
});

test.each(WORKFLOW_TYPES)('no pipeline is named as the workflow %s', (name) => {
  const named = () => pipeline({ name, description: 'd', start: '2026-11-01', interval: 'day', datasets: [] });
  expect(named).toThrow(expect.objectContaining({ hint: `Taken are ${WORKFLOW_TYPES.join(', ')}.` }));
});
