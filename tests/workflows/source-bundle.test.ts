import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleOf } from '../../workers/source-bundle.ts';
import { workerLogger } from '../../workers/worker-log.ts';

describe('workflows from their sources', () => {
  let folder: string;
  const at = (name: string) => join(folder, name);
  const write = async (name: string, text: string) => {
    await writeFile(at(name), text);
    // What was written in the moment of bundling is not kept.
    await sleep(20);
  };
  const bundle = () => bundleOf(at('index.ts'), at('cache/kept.json'), workerLogger());
  const kept = async () => JSON.parse(await readFile(at('cache/kept.json'), 'utf8')) as { code: string };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-bundle-'));
    // Temporal's part of a bundle is found from the workflows.
    await symlink(fileURLToPath(new URL('../../node_modules', import.meta.url)), at('node_modules'));
    await write('answer.ts', `export const answer = (): string => 'forty-one';`);
    await write('index.ts', `import { answer } from './answer.ts';\nexport async function ask() { return answer(); }`);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('are bundled once, as long as no file of theirs changes', async () => {
    expect(await bundle()).toContain('forty-one');
    const marked = { ...(await kept()), code: 'what was kept' };
    await writeFile(at('cache/kept.json'), JSON.stringify(marked));
    expect(await bundle()).toBe('what was kept');
    await write('answer.ts', `export const answer = (): string => 'forty-two';`);
    const code = await bundle();
    expect(code).toContain('forty-two');
    expect(code).not.toContain('forty-one');
    expect((await kept()).code).toBe(code);
  });

  test('are bundled anew when what was kept is not whole, or a file of theirs is gone', async () => {
    await writeFile(at('cache/kept.json'), '{"code": "what was kept", "fil');
    expect(await bundle()).toContain('forty-two');
    await rm(at('answer.ts'));
    await expect(bundle()).rejects.toThrow(/Webpack finished with errors/);
  });

  test('are the same for all who bundle them at once', async () => {
    await write('answer.ts', `export const answer = (): string => 'forty-four';`);
    const bundles = await Promise.all(Array.from({ length: 8 }, bundle));
    expect(new Set(bundles).size).toBe(1);
    expect((await kept()).code).toBe(bundles[0]);
    expect(await readdir(at('cache'))).toEqual(['kept.json']);
  });

  test('are bundled where nothing can be kept', async () => {
    await write('answer.ts', `export const answer = (): string => 'forty-three';`);
    // A folder has the name of the file.
    await mkdir(at('taken/kept.json'), { recursive: true });
    expect(await bundleOf(at('index.ts'), at('taken/kept.json'), workerLogger())).toContain('forty-three');
    expect(await readdir(at('taken'))).toEqual(['kept.json']);
  });
});
