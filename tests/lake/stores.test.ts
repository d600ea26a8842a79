import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { probeConditionalWrites } from '../../lake/conditional-probe.ts';
import { FileStore } from '../../lake/file-store.ts';
import { MemoryStore } from '../../lake/memory-store.ts';
import { openStore } from '../../lake/open-store.ts';
import { describeWith } from '../servers.ts';
import { tempFolder } from './fixtures.ts';
import { storeContract } from './store-contract.ts';

describe('memory', () => storeContract(async () => new MemoryStore()));

describe('file://', () => {
  storeContract(async () => new FileStore(await tempFolder()));

  test('a folder that does not exist is an empty lake', async () => {
    const store = await openStore(pathToFileURL(`${await tempFolder()}/new folder/lake`).href);
    expect(await store.get('a')).toBeUndefined();
    expect(await store.putIfAbsent('a', 'x')).toBe(true);
  });
});

describe('the probe', () => {
  test('refuses a store that lets everybody through', async () => {
    const store = new MemoryStore();
    store.putIfAbsent = async (path, bytes) => {
      await store.put(path, bytes);
      return true;
    };
    await expect(probeConditionalWrites(store)).rejects.toMatchObject({ code: 'bad_settings' });
  });

  test('refuses a store that checks and then writes', async () => {
    const store = new MemoryStore();
    store.putIfAbsent = async (path, bytes) => {
      const there = await store.get(path);
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (!there) await store.put(path, bytes);
      return !there;
    };
    await expect(probeConditionalWrites(store)).rejects.toThrow(/racing/);
  });
});

describe('an address', () => {
  test('that is none is refused with what is valid', async () => {
    for (const uri of ['/tmp/x', 'file://relative', 'gs://bucket', 's3:/x', '']) {
      await expect(openStore(uri)).rejects.toMatchObject({ code: 'bad_settings' });
    }
    await expect(openStore('s3://bucket/lake')).rejects.toThrow(/credentials/);
  });
});

await describeWith(['s3'], 's3://', ({ s3 }) => {
  const open = (options = s3, bucket = s3.bucket) =>
    openStore(`s3://${bucket}/lake-test/${randomUUID()}`, { s3: { ...options } });
  storeContract(() => open());

  test('a wrong key, a missing bucket and a server that is down are told apart', async () => {
    await expect(open({ ...s3, secretAccessKey: 'wrong' })).rejects.toMatchObject({ code: 'access_denied' });
    await expect(open(s3, 'no-such-bucket')).rejects.toMatchObject({ code: 'storage', kind: 'terminal' });
    await expect(open({ ...s3, endpoint: 'http://127.0.0.1:9' })).rejects.toMatchObject({
      code: 'unreachable',
      kind: 'transient',
    });
  });
});
