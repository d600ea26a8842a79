import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ObjectStore } from '../../core/object-store.ts';
import { FileStore } from '../../lake/file-store.ts';
import { MemoryStore } from '../../lake/memory-store.ts';
import { openStore } from '../../lake/open-store.ts';
import { LakeRegistry } from '../../ml/lake-registry.ts';
import { tempFolder } from '../lake/fixtures.ts';
import { describeWith } from '../servers.ts';
import { made, registryContract } from './registry.contract.ts';

const on = (store: ObjectStore) => ({
  store,
  registry: new LakeRegistry(store, 'dev', () => '2026-11-22T00:00:00.000000Z'),
});

describe('the registry in memory', () => registryContract(async () => on(new MemoryStore())));
describe('the registry on files', () => registryContract(async () => on(new FileStore(await tempFolder()))));
await describeWith(['s3'], 'the registry on S3', ({ s3 }) =>
  registryContract(async () => on(await openStore(`s3://${s3.bucket}/registry-test/${randomUUID()}`, { s3 }))),
);

describe('files of the registry', () => {
  const path = (n: number) => `dev/_strata/models/fraud/${String(n).padStart(10, '0')}.json`;

  test('a damaged one and a missing one are named, not skipped', async () => {
    const { store, registry } = on(new MemoryStore());
    for (const by of ['a', 'b', 'c']) await registry.register('fraud', await made(store, by));
    const good = await store.getText(path(1));
    for (const text of ['{', '{"kind":"moved"}', '\u0000', good!.replace('"madeBy":"b",', '')]) {
      await store.put(path(1), text);
      await expect(registry.versions('fraud')).rejects.toMatchObject({
        code: 'corrupt',
        where: `memory:///${path(1)}`,
      });
    }
    await store.delete([path(1)]);
    await expect(registry.alias('fraud', 'champion')).rejects.toMatchObject({ code: 'corrupt' });
    await store.put(path(1), good!);
    expect(await registry.versions('fraud')).toHaveLength(3);
  });
});
