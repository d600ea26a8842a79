import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ProgramWay, searchProgram } from '../../services/program.search.ts';
import type { ServiceEvent } from '../../services/service.report.ts';
import type { Program } from '../../services/service.types.ts';
import { findTemporal } from '../../services/temporal.program.ts';
import { ownFolder } from './own.services.ts';

const program = (label: string): Program => ({ command: '/bin/true', args: [], label });
const nowhere = async (): Promise<Program | undefined> => undefined;

function search(ways: ProgramWay[], cacheDir = ownFolder()) {
  const events: ServiceEvent[] = [];
  const report = (event: ServiceEvent) => void events.push(event);
  return { events, found: searchProgram({ about: 's3', ways, install: 'Install it.', cacheDir, report }) };
}

/** Puts an executable script of this name before everything else on PATH. */
function onPathFirst(name: string, script: string): string {
  const folder = ownFolder();
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  const before = process.env.PATH;
  process.env.PATH = `${folder}${delimiter}${before}`;
  onTestFinished(() => {
    process.env.PATH = before;
  });
  return path;
}

/** A cached program of the pinned version, so that no download and no build is tried. */
function cacheWith(file: string): string {
  const cacheDir = ownFolder();
  mkdirSync(join(cacheDir, 'bin'));
  writeFileSync(join(cacheDir, 'bin', file), '#!/bin/sh\n');
  chmodSync(join(cacheDir, 'bin', file), 0o755);
  return cacheDir;
}

describe('the search for a program', () => {
  it('takes the first way that works and reports the slow ones that failed', async () => {
    const { found, events } = search([
      { how: 'PATH', obtain: nowhere },
      { how: 'download', slow: true, obtain: async () => Promise.reject(new Error('blocked')) },
      { how: 'build', slow: true, obtain: async () => program('built') },
      { how: 'never', slow: true, obtain: async () => expect.unreachable() },
    ]);
    expect((await found).label).toBe('built');
    expect(events.map(({ kind, message }) => [kind, message])).toEqual([
      ['start', 'download'],
      ['failed', 'download: blocked'],
      ['start', 'build'],
      ['done', 'build'],
    ]);
  });

  it('tells what every way said and what to install when none works', async () => {
    const { found } = search([
      { how: 'PATH', obtain: async () => Promise.reject(new Error('too old')) },
      { how: 'build', slow: true, obtain: nowhere },
    ]);
    await expect(found).rejects.toMatchObject({
      kind: 'terminal',
      where: 'PATH: too old; build: not there',
      hint: 'Install it.',
    });
  });

  it('builds once when two starts come at the same time', async () => {
    const cacheDir = ownFolder();
    let built = 0;
    const ways: ProgramWay[] = [
      { how: 'cache', obtain: async () => (built > 0 ? program('cache') : undefined) },
      {
        how: 'build',
        slow: true,
        obtain: async () => {
          await new Promise((resolve) => setTimeout(resolve, 300));
          built++;
          return program('built');
        },
      },
    ];
    const both = await Promise.all([search(ways, cacheDir).found, search(ways, cacheDir).found]);
    expect(both.map(({ label }) => label).sort()).toEqual(['built', 'cache']);
    expect(built).toBe(1);
  });

  it('passes over a program on PATH that has the right name only', async () => {
    const path = onPathFirst('temporal', 'echo hello');
    const events: ServiceEvent[] = [];
    const report = (event: ServiceEvent) => void events.push(event);
    const context = { dataDir: ownFolder(), cacheDir: cacheWith('temporal-1.5.1'), durable: true, report };
    expect((await findTemporal(context)).label).toBe('Temporal CLI 1.5.1 (cache)');
    expect(events).toEqual([
      { about: 'temporal', kind: 'note', message: expect.stringContaining(`${path} is no Temporal`) },
    ]);
  });

  it('passes over a program on PATH that crashes', async () => {
    onPathFirst('temporal', 'echo boom >&2; exit 3');
    const context = { dataDir: ownFolder(), cacheDir: cacheWith('temporal-1.5.1'), durable: true, report: () => {} };
    expect((await findTemporal(context)).label).toBe('Temporal CLI 1.5.1 (cache)');
  });
});
