import { describe, expect, test } from 'vitest';
import { audit, bigint, dataset, decimal, key, text, unique } from '../../core/builders.ts';
import type { Check } from '../../core/check.ts';
import { refuseFailedAudits, runAudits } from '../../quality/audits.ts';
import { failureOf, useSession } from '../engine/engine.fixture.ts';

const used = useSession();
const define = (checks: Check[], keyed = true) =>
  dataset({
    name: 'silver.payment',
    description: 'd',
    inputs: {},
    columns: { id: keyed ? key(bigint()) : bigint(), region: keyed ? key(text()) : text(), amount: decimal(18, 3) },
    sql: 'x.sql',
    checks,
  });
const relation = (...rows: string[]) => `(SELECT * FROM (VALUES ${rows.join(', ')}) r(id, region, amount))`;
const GOOD = relation("(1, 'a', 1.0)", "(1, 'b', 2.0)", "(2, 'a', 3.0)");

describe('audits', () => {
  test('the key is always audited, once', async () => {
    const expected = [{ check: 'unique(id, region)', severity: 'error', failures: 0 }];
    expect(await runAudits(used.session, define([]), GOOD)).toEqual(expected);
    expect(await runAudits(used.session, define([unique('id', 'region')]), GOOD)).toEqual(expected);
    expect(await runAudits(used.session, define([], false), GOOD)).toEqual([]);
  });

  test('failures are the rows too many, and the rows an audit returns', async () => {
    const bad = relation("(1, 'a', 1.0)", "(1, 'a', 2.0)", "(1, 'a', -3.0)", '(2, NULL, -1.0)', '(2, NULL, 5.0)');
    const checks: Check[] = [
      audit('no negatives', 'SELECT * FROM {{this}} WHERE amount < 0 -- ever;', 'warn'),
      audit('sum', 'SELECT 1 FROM {{this}} HAVING sum(amount) > 100;'),
      unique('amount'),
    ];
    expect(await runAudits(used.session, define(checks), bad)).toEqual([
      { check: 'unique(id, region)', severity: 'error', failures: 3 },
      { check: 'no negatives', severity: 'warn', failures: 2 },
      { check: 'sum', severity: 'error', failures: 0 },
      { check: 'unique(amount)', severity: 'error', failures: 0 },
    ]);
  });

  test('an empty build passes', async () => {
    const results = await runAudits(used.session, define([unique('amount')]), `${GOOD.slice(0, -1)} WHERE false)`);
    expect(results.map((r) => r.failures)).toEqual([0, 0]);
  });

  test('an audit that does not run names its dataset and itself', async () => {
    const failure = await failureOf(
      runAudits(used.session, define([audit('typo', 'SELECT amuont FROM {{this}}')]), GOOD),
    );
    expect(failure.code).toBe('bad_definition');
    expect(failure.where).toContain('silver.payment, check typo');
  });

  test('only failures of severity error stop a commit', async () => {
    const warn = { check: 'w', severity: 'warn', failures: 5 } as const;
    const error = { check: 'e', severity: 'error', failures: 1 } as const;
    expect(() => refuseFailedAudits('silver.x', [warn, { ...error, failures: 0 }])).not.toThrow();
    const failure = await failureOf(() => refuseFailedAudits('silver.x', [warn, error]));
    expect(failure).toMatchObject({ code: 'quality', kind: 'terminal', where: 'silver.x' });
    expect(failure.message).toBe('silver.x was not committed: e (1 failure)');
  });
});
