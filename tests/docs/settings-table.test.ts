import { readFileSync, writeFileSync } from 'node:fs';
import { expect, inject, test } from 'vitest';
import '../full-run.ts';
import { settingsTable } from '../../config/settings.doc.ts';

const README = new URL('../../README.md', import.meta.url);
const BLOCK = /(<!-- settings -->\n)[\s\S]*?(<!-- \/settings -->)/;

test("the README's settings are those of the code (npm run docs writes them)", () => {
  const readme = readFileSync(README, 'utf8');
  expect(readme).toMatch(BLOCK);
  const wanted = readme.replace(BLOCK, (_, open: string, close: string) => `${open}${settingsTable()}\n${close}`);
  if (inject('writeDocs')) writeFileSync(README, wanted);
  else expect(readme).toBe(wanted);
});
