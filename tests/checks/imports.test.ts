import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { useFolder, writeFiles } from '../engine/engine.fixture.ts';

const root = process.cwd();
const folder = useFolder();
let nth = 0;

/** What the repository's rules say about a tree with these files. */
async function violations(files: Record<string, string>): Promise<string[]> {
  const tree = join(folder, String(nth++));
  writeFiles(tree, { 'package.json': JSON.stringify({ dependencies: { zod: '*' } }), ...files });
  const said: string[] = [];
  for (const config of ['.dependency-cruiser.cjs', '.dependency-cruiser.runtime.cjs']) {
    const args = [
      join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      join(root, config),
    ];
    const tops = [...new Set(Object.keys(files).map((f) => f.split('/')[0]!))];
    const { stdout } = await promisify(execFile)('node', [...args, '-T', 'json', ...tops], { cwd: tree }).catch(
      (e) => e,
    );
    const { summary } = JSON.parse(stdout) as {
      summary: { violations: { from: string; to: string; rule: { name: string } }[] };
    };
    said.push(...summary.violations.map((v) => `${v.rule.name}: ${v.from} -> ${v.to}`));
  }
  return said;
}

describe('the rules find', () => {
  test.each<[string, Record<string, string>, string]>([
    [
      'an import upwards',
      { 'core/a.ts': "import { b } from '../engine/b.ts'; b;", 'engine/b.ts': 'export const b = 1;' },
      'imports-of-core: core/a.ts -> engine/b.ts',
    ],
    [
      'a type upwards',
      {
        'core/a.ts': "import type { B } from '../engine/b.ts'; export type A = B;",
        'engine/b.ts': 'export type B = 1;',
      },
      'imports-of-core: core/a.ts -> engine/b.ts',
    ],
    [
      'a neighbour',
      { 'lake/a.ts': "import { b } from '../transform/b.ts'; b;", 'transform/b.ts': 'export const b = 1;' },
      'imports-of-lake: lake/a.ts -> transform/b.ts',
    ],
    [
      'a re-export upwards',
      { 'engine/a.ts': "export * from '../quality/b.ts';", 'quality/b.ts': 'export const b = 1;' },
      'imports-of-engine: engine/a.ts -> quality/b.ts',
    ],
    [
      'a dynamic import upwards',
      { 'engine/a.ts': "export const b = import('../cli/b.ts');", 'cli/b.ts': 'export const b = 1;' },
      'imports-of-engine: engine/a.ts -> cli/b.ts',
    ],
    [
      'a value from activities in a workflow',
      { 'workflows/a.ts': "import { b } from '../activities/b.ts'; b;", 'activities/b.ts': 'export const b = 1;' },
      'workflows-decide: workflows/a.ts -> activities/b.ts',
    ],
    [
      'a module of Node in core',
      { 'core/a.ts': "import { readFileSync } from 'node:fs'; readFileSync;" },
      'packages-of-core: core/a.ts -> fs',
    ],
    [
      'a cycle',
      {
        'core/a.ts': "import { b } from './b.ts'; export const a = () => b;",
        'core/b.ts': "import { a } from './a.ts'; export const b = () => a;",
      },
      'no-cycles: core/a.ts -> core/b.ts',
    ],
    [
      'the project in the framework',
      { 'cli/a.ts': "import { m } from '../config/project.ts'; m;", 'config/project.ts': 'export const m = 1;' },
      'framework-knows-no-project: cli/a.ts -> config/project.ts',
    ],
    [
      'a driver in a model',
      { 'models/a.ts': "import { b } from '../sources/b.ts'; b;", 'sources/b.ts': 'export const b = 1;' },
      'imports-of-models: models/a.ts -> sources/b.ts',
    ],
    [
      'a file that is not there',
      { 'core/a.ts': "import { b } from './nowhere.ts'; b;" },
      'resolvable: core/a.ts -> ./nowhere.ts',
    ],
  ])('%s', async (_, files, violation) => {
    expect(await violations(files)).toContain(violation);
  });
});

test('and accept what is allowed', async () => {
  const files = {
    'core/a.ts': "import type { B } from './b.ts'; export const a = 1; export type A = B;",
    'core/b.ts': "import type { A } from './a.ts'; export type B = A | 1;",
    'engine/c.ts':
      "import { a } from '../core/a.ts'; export async function c() { await using x = a as never; return x; }",
    'activities/d.ts': "import { c } from '../engine/c.ts'; export const d = c;",
    'workflows/e.ts': "import type { d } from '../activities/d.ts'; export type E = typeof d;",
    'config/project.ts': "import { m } from '../models/m.ts'; export default m;",
    'models/m.ts': "import { a } from '../core/a.ts'; export const m = a;",
  };
  expect(await violations(files)).toEqual([]);
});

test('npm run check asks for all of it', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  for (const part of ['check:types', 'check:style', 'check:imports', 'check:bundle']) {
    expect(scripts.check).toContain(part);
    expect(scripts[part]).toBeTruthy();
  }
  for (const config of ['.dependency-cruiser.cjs', '.dependency-cruiser.runtime.cjs']) {
    expect(scripts['check:imports']).toContain(config);
  }
});
