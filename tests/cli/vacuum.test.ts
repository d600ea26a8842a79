import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { MINUTES } from '../patience.ts';
import { SHOP_PROJECT, strata } from './strata-process.ts';

// Each command is a process of its own; on a busy machine its start takes a while.
vi.setConfig({ testTimeout: 4 * MINUTES });

const cwd = mkdtempSync(join(tmpdir(), 'strata-vacuum-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function orphan(name: string, days: number): string {
  const file = join(cwd, '.strata/lake/dev/bronze/sale/_partition=2026-01-01', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, 'left by an attempt that lost');
  const then = new Date(Date.now() - days * 86_400_000);
  utimesSync(file, then, then);
  return file;
}

test('files that nothing names go when they are old, and only then', async () => {
  const [old, young] = [orphan('old.parquet', 30), orphan('young.parquet', 1)];
  const plan = await strata({ cwd }, 'vacuum', '--project', SHOP_PROJECT, '--dry-run', '--json');
  expect(JSON.parse(plan.stdout)).toEqual({
    dryRun: true,
    files: ['dev/bronze/sale/_partition=2026-01-01/old.parquet'],
    bytes: 28,
  });
  expect(existsSync(old)).toBe(true);
  const { code, stdout } = await strata({ cwd }, 'vacuum', '--project', SHOP_PROJECT);
  expect([code, stdout]).toEqual([0, 'deleted 1 files, 28 bytes\n']);
  expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
});

test('a grace period that running work needs, and a duration that is none, are refused', async () => {
  const short = await strata({ cwd }, 'vacuum', '--project', SHOP_PROJECT, '--older-than', '5 minutes');
  expect(short).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('too short') });
  const wrong = await strata({ cwd }, 'vacuum', '--project', SHOP_PROJECT, '--older-than', 'a week');
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('30 days') });
});
