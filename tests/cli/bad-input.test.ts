import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { MINUTES } from '../patience.ts';
import { type Place, SHOP_PROJECT, strata } from './strata-process.ts';

// Each command is a process of its own; on a busy machine its start takes a while.
vi.setConfig({ testTimeout: 4 * MINUTES });

const cwd = mkdtempSync(join(tmpdir(), 'strata-cli-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Port 1 answers nowhere. */
const DOWN = { STRATA_PROJECT: SHOP_PROJECT, STRATA_TEMPORAL_ADDRESS: '127.0.0.1:1', STRATA_NOW: '2026-02-01' };
const place = (variables: Record<string, string> = {}): Place => ({ cwd, variables: { ...DOWN, ...variables } });

const RUN = ['run', 'shop_daily'];
const BACKFILL = ['backfill', 'create', 'shop_daily', '--from-date', '2026-01-01', '--to-date', '2026-01-03'];

/** Arguments -> what stderr must say. All exit with 2 and print nothing on stdout. */
const WRONG: Record<string, [args: string[], ...says: (string | RegExp)[]]> = {
  'an unknown command': [['chek'], "unknown command 'chek'", 'Did you mean check?'],
  'an unknown subcommand': [['schedule', 'aply'], "unknown command 'aply'", 'Did you mean apply?'],
  'an unknown option': [[...RUN, '--form', '2026-01-01'], "unknown option '--form'", /Did you mean .*--from/],
  'a missing argument': [['run'], "missing required argument 'pipeline'"],
  'an unknown pipeline': [['run', 'shop_dayly'], 'Unknown pipeline: shop_dayly', 'Did you mean shop_daily?'],
  'a date that does not exist': [[...RUN, '--from', '2026-02-30'], 'Not a date or instant', '2026-11-01'],
  'a word for a date': [[...RUN, '--from', 'yesterday'], 'Not a date or instant: "yesterday"'],
  'a reversed range': [[...RUN, '--from', '2026-01-05', '--to', '2026-01-03'], 'reversed', 'earlier date first'],
  'a future date': [[...RUN, '--from', '2026-03-01'], 'future', '2026-02-01'],
  'a date before the start': [[...RUN, '--from', '2025-12-31'], 'begins before shop_daily', '2026-01-01'],
  'an end without a start': [[...RUN, '--to', '2026-01-03'], 'from is missing'],
  'an unknown parameter': [[...RUN, '--from', '2026-01-01', '--param', 'speed=3'], 'no parameter speed'],
  'a malformed parameter': [[...RUN, '--param', 'speed'], 'Not a parameter: speed', 'name=value'],
  'an unknown reprocess': [[...BACKFILL, '--reprocess', 'all'], 'none, failed, completed, stale'],
  'no runs at once': [[...BACKFILL, '--max-active-runs', '0'], 'whole number from 1'],
  'nobody to say yes': [BACKFILL, 'Nobody is there to say yes', '--yes', '--dry-run'],
  'a publication of no cut': [['publish', 'shop_daily'], "required option '--cut <n>'"],
  'a cut that is not there': [['publish', 'shop_daily', '--cut', '3', '--yes'], 'no cut 3', 'It has none yet'],
  'an id that is no backfill': [['backfill', 'pause', 'run/dev/shop_daily/x'], 'Not the id of a backfill'],
  'an unknown dataset': [
    ['status', '--dataset', 'silver.sal'],
    'Unknown dataset: silver.sal',
    'Did you mean silver.sale?',
  ],
  'an unknown queue': [['worker', '--queues', 'control,extrct'], 'no queue extrct', 'Did you mean extract?'],
  'an unknown environment': [
    ['check', '--env', 'production'],
    'STRATA_ENV is "production"; valid: dev, staging or prod',
  ],
  'no project': [['check', '--project', 'nowhere.ts'], 'There is no project file', '--project'],
  'no warehouse': [['query', 'select 1'], 'No warehouse is configured', 'STRATA_WAREHOUSE_ANALYTICS'],
  'two questions at once': [['query'], 'Give the SQL as an argument or with --file'],
  'development servers for another environment': [['dev', '--env', 'prod'], 'not prod'],
};

test.concurrent.for(Object.entries(WRONG))('%s is refused, and what is valid is said', async ([, [args, ...says]]) => {
  const { code, stdout, stderr } = await strata(place(), ...args);
  for (const text of says) expect(stderr).toMatch(text instanceof RegExp ? text : literal(text));
  expect(stderr).not.toContain('    at ');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});

test('every wrong setting is named', async () => {
  const { code, stderr } = await strata(place({ STRATA_LAKE: 'gs://x', STRATA_BUILDS: 'many' }), 'status');
  expect(code).toBe(2);
  expect(stderr).toContain('STRATA_LAKE is "gs://x"; valid: file:///');
  expect(stderr).toContain('STRATA_BUILDS is "many"; valid: a whole number');
});

test('a misspelt setting is pointed out', async () => {
  const { stderr } = await strata(place({ STRATA_LAKEE: 'file:///x' }), 'check');
  expect(stderr).toContain('warning: there is no setting STRATA_LAKEE. Did you mean STRATA_LAKE?');
  // And which there are, for whoever meant another one.
  expect(stderr).toMatch(/Valid: .*STRATA_TEMPORAL_ADDRESS/);
});

test.concurrent.for([
  ['run', 'shop_daily', '--from', '2026-01-01'],
  [...BACKFILL, '--yes'],
  ['runs', 'ls'],
  ['schedule', 'apply'],
  ['worker'],
])('a Temporal that is down is named, with how to start it: %s', async (args) => {
  const { code, stdout, stderr } = await strata(place(), ...args);
  expect(stderr).toContain('Temporal does not answer at 127.0.0.1:1');
  expect(stderr).toContain('npx strata dev');
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
});

test('the stack is shown when asked for', async () => {
  const { stderr } = await strata(place(), 'run', 'nothing', '--verbose');
  expect(stderr).toContain('    at ');
});

function literal(text: string): RegExp {
  return new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}
