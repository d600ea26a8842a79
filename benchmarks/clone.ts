import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine, printTable } from './figures.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * `git clone` and `npm run demo -- --exit`, as a newcomer types them. Warm: what earlier runs left in the caches of Strata,
 * npm, Go, Maven and pip is used. Cold: those are empty, so that all is fetched and built.
 */
export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { cold: { type: 'boolean', default: false } } });
  const folder = await mkdtemp(join(tmpdir(), 'strata-clone-'));
  const clone = join(folder, 'strata');
  try {
    const cloned = await timed('git', ['clone', '--quiet', ROOT, clone], folder, {});
    const environment = { ...onFreePorts, ...(values.cold ? emptyCaches(join(folder, 'caches')) : {}) };
    const demo = await timed('npm', ['run', 'demo', '--', '--exit'], clone, environment);
    const sinceServers = /(\d+) s since the servers are up/.exec(demo.output)?.[1];
    console.log(`${machine()}, caches ${values.cold ? 'empty' : 'filled'}`);
    printTable(
      ['git clone s', 'npm run demo -- --exit s', 'together s', 'of it with the servers up s'],
      [[cloned.seconds, demo.seconds, cloned.seconds + demo.seconds, Number(sinceServers)]],
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const onFreePorts = Object.fromEntries(
  ['TEMPORAL', 'TEMPORAL_UI', 'POSTGRES', 'MONGODB', 'S3'].map((server) => [`STRATA_DEV_${server}_PORT`, '0']),
);

/** The settings of whoever runs this (mirrors, proxies) stay: only where things are kept changes. */
const emptyCaches = (folder: string): Record<string, string> => ({
  STRATA_CACHE: join(folder, 'strata'),
  npm_config_cache: join(folder, 'npm'),
  GOMODCACHE: join(folder, 'go-modules'),
  GOCACHE: join(folder, 'go-build'),
  GOFLAGS: '-modcacherw',
  MAVEN_ARGS: `-Dmaven.repo.local=${join(folder, 'maven')}`,
  PIP_CACHE_DIR: join(folder, 'pip'),
});

async function timed(
  command: string,
  args: readonly string[],
  cwd: string,
  more: Record<string, string>,
): Promise<{ seconds: number; output: string }> {
  const began = Date.now();
  const foreign = /^(STRATA_|TEMPORAL_|AWS_|POSTGRES_URL|MONGODB_URL|npm_)/;
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  const child = spawn(command, args, { cwd, env: { ...own, ...more }, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text);
    output += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
  return { seconds: (Date.now() - began) / 1000, output };
}
