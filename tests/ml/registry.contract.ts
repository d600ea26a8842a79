import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ObjectStore } from '../../core/object-store.ts';
import { earlierChampion } from '../../ml/earlier-champion.ts';
import type { Artifact, ModelRegistry, NewVersion } from '../../ml/registry.ts';

export interface Place {
  readonly registry: ModelRegistry;
  readonly store: ObjectStore;
}

const HASH = (text: string) => createHash('sha256').update(text).digest('hex');

export async function artifact(store: ObjectStore, path: string, text: string): Promise<Artifact> {
  await store.putIfAbsent(path, text);
  return { path, sha256: HASH(text) };
}

export async function made(store: ObjectStore, by: string): Promise<NewVersion> {
  return {
    madeBy: by,
    format: 'lightgbm-text',
    artifact: await artifact(store, `made/${by}.txt`, `model of ${by}`),
    signature: [
      { name: 'amount', kind: 'number' },
      { name: 'country', kind: 'category', labels: ['DE', 'FR'] },
    ],
    params: { leaves: 15 },
    metrics: { averagePrecision: 0.7 },
    calibration: { kind: 'none' },
    threshold: 0.4,
    trainedFrom: { 'gold.features': 12 },
    learnedFrom: { start: '2026-01-01', end: '2026-02-01', contentHash: HASH('rows') },
    sets: { train: await artifact(store, `made/${by}.parquet`, 'rows') },
    evidence: {},
  };
}

const SIGNED = { who: 'ada', why: 'it is better' };

/** What every model registry must do. @param open gives an empty one */
export function registryContract(open: () => Promise<Place>): void {
  test('a version is kept whole, numbered from 1, and registered once by the same work', async () => {
    const { registry, store } = await open();
    expect(await registry.models()).toEqual([]);
    expect(await registry.versions('fraud')).toEqual([]);
    const first = await made(store, 'run-1');
    expect(await registry.register('fraud', first)).toBe(1);
    expect(await registry.register('fraud', await made(store, 'run-2'))).toBe(2);
    expect(await registry.register('fraud', first)).toBe(1);
    expect(await registry.version('fraud', 1)).toMatchObject({ ...first, version: 1 });
    expect((await registry.versions('fraud')).map((v) => v.version)).toEqual([2, 1]);
    await registry.register('churn', first);
    expect([...(await registry.models())].sort()).toEqual(['churn', 'fraud']);
    await expect(registry.version('fraud', 3)).rejects.toMatchObject({ code: 'bad_input' });
  });

  test('an alias moves only from where it was thought to be, and every move is told', async () => {
    const { registry, store } = await open();
    for (const by of ['a', 'b', 'c']) await registry.register('fraud', await made(store, by));
    expect(await registry.alias('fraud', 'champion')).toBeNull();
    await registry.move('fraud', { alias: 'champion', from: null, to: 1, ...SIGNED });
    await registry.move('fraud', { alias: 'champion', from: 1, to: 2, ...SIGNED });
    const late = registry.move('fraud', { alias: 'champion', from: 1, to: 3, ...SIGNED });
    await expect(late).rejects.toMatchObject({ code: 'conflict', kind: 'terminal' });
    const nobody = registry.move('fraud', { alias: 'champion', from: 2, to: 9, ...SIGNED });
    await expect(nobody).rejects.toMatchObject({ code: 'bad_input' });
    expect(await registry.alias('fraud', 'champion')).toBe(2);
    expect(await registry.alias('fraud', 'challenger')).toBeNull();
    const moves = (await registry.history('fraud')).filter((e) => e.kind === 'moved');
    expect(moves.map((e) => [e.from, e.to, e.who, e.why])).toEqual([
      [null, 1, 'ada', 'it is better'],
      [1, 2, 'ada', 'it is better'],
    ]);
    expect(moves.every((e) => e.at !== '')).toBe(true);
  });

  test('of those who move at once exactly one does', async () => {
    const { registry, store } = await open();
    for (let i = 0; i < 6; i++) await registry.register('fraud', await made(store, `${i}`));
    const moves = [1, 2, 3, 4, 5, 6].map((to) =>
      registry.move('fraud', { alias: 'champion', from: null, to, ...SIGNED }).then(
        () => to,
        (error) => {
          expect(error).toMatchObject({ code: 'conflict' });
          return undefined;
        },
      ),
    );
    const won = (await Promise.all(moves)).filter((to) => to !== undefined);
    expect(won).toHaveLength(1);
    expect(await registry.alias('fraud', 'champion')).toBe(won[0]);
  });

  test('of those who register at once each gets a number of its own', async () => {
    const { registry, store } = await open();
    const candidates = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((by) => made(store, by)));
    const numbers = await Promise.all([...candidates, ...candidates].map((each) => registry.register('fraud', each)));
    expect(numbers.slice(0, 5)).toEqual(numbers.slice(5));
    expect([...numbers.slice(0, 5)].sort()).toEqual([1, 2, 3, 4, 5]);
  });

  test('an artifact that was exchanged, or is gone, is never loaded', async () => {
    const { registry, store } = await open();
    const version = await made(store, 'a');
    await registry.register('fraud', version);
    expect(new TextDecoder().decode(await registry.load('fraud', 1))).toBe('model of a');
    await store.put(version.artifact.path, 'model of A');
    await expect(registry.load('fraud', 1)).rejects.toMatchObject({ code: 'corrupt', where: expect.any(String) });
    await store.delete([version.artifact.path]);
    await expect(registry.load('fraud', 1)).rejects.toMatchObject({ code: 'corrupt' });
  });

  test('evidence belongs to its version', async () => {
    const { registry, store } = await open();
    await registry.register('fraud', await made(store, 'a'));
    await registry.register('fraud', await made(store, 'b'));
    const page = await artifact(store, 'made/page.html', '<p>why');
    await registry.attach('fraud', 2, 'comparison', page);
    expect((await registry.version('fraud', 2)).evidence).toEqual({ comparison: page });
    expect((await registry.version('fraud', 1)).evidence).toEqual({});
  });

  test('rollbacks go back step by step', async () => {
    const { registry, store } = await open();
    for (const by of ['a', 'b', 'c']) await registry.register('fraud', await made(store, by));
    const move = (from: number | null, to: number) =>
      registry.move('fraud', { alias: 'champion', from, to, ...SIGNED });
    const before = async () => earlierChampion(await registry.history('fraud'));
    expect(await before()).toBeNull();
    await move(null, 1);
    expect(await before()).toBeNull();
    await move(1, 2);
    await move(2, 3);
    expect(await before()).toBe(2);
    await move(3, 2);
    expect(await before()).toBe(1);
    await move(2, 1);
    expect(await before()).toBeNull();
  });

  test('what could not be read again is not written', async () => {
    const { registry, store } = await open();
    const version = await made(store, 'a');
    const wrong = registry.register('fraud', { ...version, metrics: { averagePrecision: Number.NaN } });
    await expect(wrong).rejects.toMatchObject({ code: 'bad_input' });
    await expect(registry.register('../fraud', version)).rejects.toMatchObject({ code: 'bad_input' });
    expect(await registry.models()).toEqual([]);
  });
}
