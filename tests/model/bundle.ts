import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Mutation } from './mutations.ts';
import type { simulate } from './simulate.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Inside the repository's modules, so that what is not bundled is found. */
const FOLDER = join(ROOT, 'node_modules', '.cache', 'strata-model');

export type Simulate = typeof simulate;
let count = 0;

/** The simulation as one module, of the sources as they are or with one rule broken. */
export async function loadSimulation(mutation?: Mutation): Promise<Simulate> {
  let applied = false;
  const result = await build({
    entryPoints: [join(ROOT, 'tests/model/simulate.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    external: ['@duckdb/*'],
    logLevel: 'silent',
    plugins: [
      {
        name: 'rules',
        setup({ onResolve, onLoad }) {
          // A lost race waits a little before it tries again; simulated time has no use for that.
          onResolve({ filter: /^node:timers\/promises$/ }, () => ({ path: 'no-waiting', namespace: 'toy' }));
          onLoad({ filter: /.*/, namespace: 'toy' }, () => ({ contents: 'export const setTimeout = async () => {};' }));
          if (!mutation) return;
          onLoad({ filter: /\.ts$/ }, async ({ path }) => {
            if (relative(ROOT, path) !== mutation.file) return undefined;
            const text = await readFile(path, 'utf8');
            if (text.split(mutation.find).length !== 2)
              throw new Error(`${mutation.file} has not once: ${mutation.find}`);
            applied = true;
            return { contents: text.replace(mutation.find, () => mutation.replace), loader: 'ts' };
          });
        },
      },
    ],
  });
  if (mutation && !applied) throw new Error(`${mutation.name}: ${mutation.file} is not part of the simulation`);
  await mkdir(FOLDER, { recursive: true });
  const file = join(FOLDER, `${process.pid}-${count++}.mjs`);
  await writeFile(file, result.outputFiles[0]!.contents);
  try {
    return ((await import(pathToFileURL(file).href)) as { simulate: Simulate }).simulate;
  } finally {
    await rm(file);
  }
}
