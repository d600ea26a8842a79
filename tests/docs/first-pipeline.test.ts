import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { blocksOf, commandsOf } from './markdown.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

// Asked for so that a machine without these servers skips the block; `strata dev` starts its own.
await describeWith(['temporal', 'postgres'], "the README's first pipeline, in a copy of the clone", () => {
  let clone: string;
  let dev: ChildProcess;
  const said: string[] = [];
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    STRATA_PROJECT: 'shop/project.ts',
    STRATA_DEV_TEMPORAL_PORT: '0',
    STRATA_DEV_TEMPORAL_UI_PORT: '0',
    STRATA_DEV_POSTGRES_PORT: '0',
  };
  const run = (command: string, env = environment) => {
    const { status, stdout, stderr } = spawnSync('bash', ['-c', command], {
      cwd: clone,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { status, stdout, stderr };
  };

  beforeAll(async () => {
    clone = mkdtempSync(join(tmpdir(), 'strata-readme-'));
    for (const file of execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n')) {
      if (existsSync(join(root, file)) && !file.startsWith('tests/')) cpSync(join(root, file), join(clone, file));
    }
    symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
    for (const { file, text } of blocksOf('README.md')) {
      if (file === undefined) continue;
      mkdirSync(dirname(join(clone, file)), { recursive: true });
      writeFileSync(join(clone, file), text);
    }
    dev = spawn('npx', ['strata', 'dev'], {
      cwd: clone,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    await new Promise<void>((resolve, reject) => {
      const heard = (chunk: Buffer) => {
        said.push(String(chunk));
        if (said.join('').includes('Temporal UI')) resolve();
      };
      dev.stdout?.on('data', heard);
      dev.stderr?.on('data', heard);
      dev.on('exit', (code) => reject(new Error(`strata dev ended with ${code}: ${said.join('')}`)));
    });
  });
  afterAll(async () => {
    if (dev?.pid !== undefined && dev.exitCode === null) {
      const ended = new Promise((resolve) => dev.on('exit', resolve));
      process.kill(-dev.pid, 'SIGINT');
      await ended;
    }
    rmSync(clone, { recursive: true, force: true });
  });

  const FIRST = [
    'npx strata check',
    'node shop/seed.mjs',
    'npx strata run daily_orders',
    'npx strata query "SELECT order_id',
  ];
  test('check, seed, run and query do as it says', { timeout: 3 * MINUTES }, () => {
    const commands = commandsOf('README.md');
    const outputs = FIRST.map((start) => {
      const command = commands.find((c) => c.startsWith(start));
      expect(command, start).toBeDefined();
      const result = run(command!);
      expect(result.status, `${command}\n${result.stderr}`).toBe(0);
      return result.stdout;
    });
    expect(outputs[0]).toContain('2 datasets, no problems');
    expect(outputs[2]).toContain('published cut 1');
    const rows = outputs[3]!.split('\n').filter((line) => line.startsWith('A-'));
    expect(rows.map((row) => row.split(/\s+/).slice(0, 2))).toEqual([
      ['A-1', '12.50'],
      ['A-2', '7.25'],
      ['A-4', '30.00'],
    ]);
    const status = JSON.parse(run('npx strata status --json').stdout);
    expect(JSON.stringify(status)).toMatch(/"quarantined":1\b/);
  });

  // What changes nothing, or only shows a plan; commands.test.ts holds the words of all others to the program.
  const harmless =
    /^npx strata (check|status|runs ls|schedule ls|worker --help|vacuum --dry-run|backfill create .*--dry-run)/;
  const every = [...new Set([...commandsOf('README.md'), ...commandsOf('docs/operations.md')])].filter(
    (c) => harmless.test(c) && !FIRST.some((start) => c.startsWith(start)),
  );
  test.each(every)('%s', { timeout: 60_000 }, (command) => {
    const payments = command.includes('daily_oltp_to_olap')
      ? { ...environment, STRATA_PROJECT: 'config/project.ts' }
      : environment;
    const result = run(command.replace(/\.\.\./g, '2026-11-01'), payments);
    expect(result.status, result.stderr).toBe(0);
  });

  test('the npm scripts named in the documents exist', () => {
    const { scripts } = JSON.parse(execFileSync('cat', [join(root, 'package.json')], { encoding: 'utf8' }));
    for (const command of [...commandsOf('README.md'), ...commandsOf('docs/operations.md')]) {
      const script = /^npm (?:run )?(\w+)/.exec(command)?.[1];
      if (script !== undefined && script !== 'ci') expect(Object.keys(scripts)).toContain(script);
    }
  });
});
