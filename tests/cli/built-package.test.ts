import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { Shop } from '../workflows/shop.fixture.ts';
import { RunningStrata } from './strata-process.ts';

vi.setConfig({ testTimeout: 2 * MINUTES });

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const shopFolder = fileURLToPath(new URL('../workflows/shop', import.meta.url));

/** A team's own repository with Strata installed from its package: compiled JavaScript, no file of the clone beside it. */
await describeWith(['temporal', 'postgres'], 'the package that npm makes', (addresses) => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-package-'));
  const [clone, team] = [join(folder, 'clone'), join(folder, 'team')];
  const modules = join(team, 'node_modules');
  const bin = join(modules, 'strata', 'bin', 'strata.mjs');
  let shop: Shop;
  let worker: RunningStrata | undefined;

  beforeAll(async () => {
    const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
    });
    for (const file of stdout.split('\0')) {
      if (file === '' || /^(tests|docs)\//.test(file) || !existsSync(join(root, file))) continue;
      mkdirSync(dirname(join(clone, file)), { recursive: true });
      cpSync(join(root, file), join(clone, file));
    }
    symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
    // Builds first, by `prepack`.
    await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: clone });
    const packed = readdirSync(folder).find((file) => file.endsWith('.tgz'))!;
    await run('tar', ['-xzf', join(folder, packed), '-C', folder]);
    mkdirSync(modules, { recursive: true });
    await run('mv', [join(folder, 'package'), join(modules, 'strata')]);
    // What npm would install beside it.
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    for (const name of Object.keys(dependencies)) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
    }
    writeFileSync(join(team, 'package.json'), JSON.stringify({ name: 'team', type: 'module' }));
    cpSync(join(shopFolder, 'sql'), join(team, 'sql'), { recursive: true });
    const project = readFileSync(join(shopFolder, 'project.ts'), 'utf8');
    writeFileSync(join(team, 'project.ts'), project.replace("'../../../core/builders.ts'", "'strata'"));
    shop = await Shop.open(addresses);
  }, 3 * MINUTES);

  afterAll(async () => {
    await worker?.signal('SIGTERM');
    await shop?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (...args: string[]) =>
    new RunningStrata(
      { cwd: team, variables: { ...shop.variables, STRATA_PROJECT: 'project.ts', STRATA_NOW: '2026-01-03T02:00:00Z' } },
      args,
      bin,
    );

  test('holds compiled JavaScript, types and the bundled workflows', () => {
    const files = readdirSync(join(modules, 'strata'));
    expect(files.sort()).toEqual(['LICENSE', 'README.md', 'bin', 'dist', 'package.json']);
    for (const file of ['core/builders.d.ts', 'workflows/bundle.js', 'cli/main.js'])
      expect(existsSync(join(modules, 'strata', 'dist', file)), file).toBe(true);
    const bundle = readFileSync(join(modules, 'strata', 'dist', 'workflows', 'bundle.js'), 'utf8');
    const map = JSON.parse(Buffer.from(bundle.split('base64,').at(-1)!, 'base64').toString('utf8'));
    expect(map.sources).toContain('./workflows/run.workflow.ts');
    expect(map.sources.filter((source: string) => source.startsWith('/'))).toEqual([]);
  });

  test('checks a project, serves it, and runs a day of it', async () => {
    const checked = await start('check').ended;
    expect(checked.code, checked.stderr).toBe(0);
    await shop.setRate('USD', '2026-01-01', '0.5', '2026-01-01T00:00:01Z');
    await shop.sell({ id: 'a', amount: '10.00', currency: 'USD', soldAt: '2026-01-02T08:00:00Z' });
    worker = start('worker');
    await worker.printed('serving');
    const ran = await start('run', 'shop_daily', '--from', '2026-01-01', '--to', '2026-01-02').ended;
    expect(ran.code, ran.stderr).toBe(0);
    const { stdout } = await start('query', 'select amount_eur::varchar as eur from daily_sales', '--json').ended;
    expect(JSON.parse(stdout)).toEqual([{ eur: '5.00' }]);
  });
});
