import { fileURLToPath } from 'node:url';
import { StrataError } from '../core/errors.ts';
import type { S3Options } from '../engine/session.ts';
import { probeConditionalWrites } from './conditional-probe.ts';
import { FileStore } from './file-store.ts';
import type { ObjectStore } from './object-store.ts';

export interface StoreOptions {
  readonly s3?: S3Options | undefined;
  /** Skips the probe for conditional writes, which writes a few small objects; for commands that only look. */
  readonly readOnly?: boolean;
}

/**
 * @param uri `file:///absolute/folder` or `s3://bucket/prefix`.
 * @throws bad_settings on another address, on S3 without credentials, and on a server without conditional writes.
 */
export async function openStore(uri: string, options: StoreOptions = {}): Promise<ObjectStore> {
  if (uri.startsWith('file:///')) return new FileStore(fileURLToPath(uri));
  const address = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(uri);
  if (!address) {
    throw new StrataError('bad_settings', `Not the address of a lake: ${JSON.stringify(uri)}`, {
      hint: 'Write file:///absolute/folder or s3://bucket/prefix.',
    });
  }
  if (!options.s3) {
    throw new StrataError('bad_settings', `A lake at ${uri} needs a region and credentials for S3`);
  }
  // Loading the SDK takes longer than planning a day on a local lake.
  const { S3Store } = await import('./s3-store.ts');
  const store = new S3Store(address[1] as string, (address[2] ?? '').replace(/^\/+|\/+$/g, ''), options.s3);
  if (!options.readOnly) await probeConditionalWrites(store);
  return store;
}
