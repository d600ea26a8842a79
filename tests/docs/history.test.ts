import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { MINUTES } from '../patience.ts';
import { blocksOf } from './markdown.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'strata-docs-history-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function check(): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'bin', 'strata.mjs'), 'check'], {
    cwd: folder,
    env: { ...process.env, STRATA_PROJECT: 'shop/project.ts' },
    encoding: 'utf8',
  });
  return { status, said: `${stdout}${stderr}` };
}

test('the project of docs/history.md passes strata check, and is one that can fail', { timeout: 2 * MINUTES }, () => {
  symlinkSync(join(root, 'core'), join(folder, 'core'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const { file, text } of blocksOf('docs/history.md')) {
    if (file === undefined) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const first = check();
  expect(first, first.said).toMatchObject({ status: 0 });
  const fact = join(folder, 'shop', 'fact_order.sql');
  writeFileSync(
    fact,
    blocksOf('docs/history.md')
      .find((b) => b.file === 'shop/fact_order.sql')!
      .text.replace('c.customer_key, -1', 'c.is_current::BIGINT, -1'),
  );
  const { status, said } = check();
  expect(status).not.toBe(0);
  expect(said).toContain('is_current of customer is rewritten in old rows');
});
