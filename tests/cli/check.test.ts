import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, expect, test, vi } from 'vitest';
import { MINUTES } from '../patience.ts';
import { freshPostgres } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { SHOP_PROJECT, strata } from './strata-process.ts';

// Beside the shop, because its imports are relative.
// Each command is a process of its own; on a busy machine its start takes a while.
vi.setConfig({ testTimeout: 4 * MINUTES });

const SHOP = fileURLToPath(new URL('../workflows/shop/', import.meta.url));
const cwd = mkdtempSync(join(tmpdir(), 'strata-check-'));
const broken = mkdtempSync(join(SHOP, '..', '.broken-shop-'));
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
  rmSync(broken, { recursive: true, force: true });
});

test('a project without problems', async () => {
  const { code, stdout } = await strata({ cwd }, 'check', '--project', SHOP_PROJECT);
  expect(stdout).toMatch(/^\w+: 5 datasets, no problems\n$/);
  expect(code).toBe(0);
});

test('every wrong SQL file is named with its line; the exit code is 1', async () => {
  cpSync(SHOP, broken, { recursive: true });
  writeFileSync(
    join(broken, 'sql/rate.sql'),
    'SELECT raw.currency,\n  raw.rate_dat, raw.rate, raw.updated_at\nFROM {{raw}} AS raw\n',
  );
  writeFileSync(join(broken, 'sql/daily_sales.sql'), 'SELECT * FROM\n');
  const { code, stdout } = await strata({ cwd }, 'check', '--project', join(broken, 'project.ts'));
  expect(stdout).toMatch(/rate\.sql:2.*rate_dat/);
  expect(stdout).toMatch(/daily_sales\.sql:\d/);
  expect(stdout).toContain('2 problem(s)');
  expect(code).toBe(1);
  const json = await strata({ cwd }, 'check', '--project', join(broken, 'project.ts'), '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ datasets: 5, problems: [{ subject: expect.any(String) }, {}] });
});

test('the documents of a project are written where they should be', async () => {
  const { code, stdout } = await strata({ cwd }, 'docs', '--project', SHOP_PROJECT, '--out', 'said');
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'said/data-dictionary.md\nsaid/schema.md\n' });
  expect(readFileSync(join(cwd, 'said/data-dictionary.md'), 'utf8')).toContain('### gold.daily_sales');
  writeFileSync(join(cwd, 'file'), '');
  const wrong = await strata({ cwd }, 'docs', '--project', SHOP_PROJECT, '--out', 'file');
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('The documents cannot be written');
});

test('a project that does not load is no stack trace', async () => {
  const file = join(broken, 'nothing.ts');
  writeFileSync(file, 'export default 42;\n');
  const { code, stderr } = await strata({ cwd }, 'check', '--project', file);
  expect(stderr).toContain('The default export of the project file is no project');
  expect(stderr).toContain(`at: ${file}`);
  expect(code).toBe(2);
});

await describeWith(['postgres'], 'strata check --sources', ({ postgresUrl }) => {
  test('names what the source lacks, and what nobody declared', async () => {
    const url = await freshPostgres(postgresUrl);
    const db = new pg.Client({ connectionString: url });
    await db.connect();
    await db.query(`create table sale (id text, amount numeric(18,2), currency text, sold_at timestamptz, updated_at timestamptz not null, coupon text);
      create table rate (currency text, rate_date date, rate numeric(18,8), updated_at timestamptz not null)`);
    const place = { cwd, variables: { STRATA_SOURCE_SHOP: url } };
    const grown = await strata(place, 'check', '--sources', '--project', SHOP_PROJECT);
    expect(grown.stderr).toContain('bronze.sale: the source has columns that nobody declares: coupon text');
    expect(grown.code).toBe(0);
    await db.query('alter table rate drop column rate; alter table sale alter column amount type text');
    await db.end();
    const changed = await strata(place, 'check', '--sources', '--project', SHOP_PROJECT);
    expect(changed.stdout).toContain('public.rate has no column rate');
    expect(changed.stdout).toContain('amount is text, declared DECIMAL(18,2)');
    expect(changed.stdout).toContain('2 problem(s)');
    expect(changed.code).toBe(1);
  });
});
