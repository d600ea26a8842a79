import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { S3Options } from '../engine/session.ts';
import { fileError } from './file-errors.ts';
import {
  alreadyThere,
  assertPath,
  assertRange,
  type ByteRange,
  bytesOf,
  type ListOptions,
  missingObject,
  type ObjectInfo,
  type ObjectStore,
  textOf,
} from './object-store.ts';
import { s3Error, statusOf } from './s3-errors.ts';

const MIB = 1024 * 1024;
const SMALLEST_PART = 8 * MIB;
/** S3 takes 10,000 parts; a file may grow a little while its size is read. */
const MOST_PARTS = 9_000;
const DELETES_PER_CALL = 1_000;
/** 409 means that another conditional write of this object is under way: its end is near. */
const CONFLICT_TRIES = 10;
const DOWNLOAD_TRIES = 3;
/** Metadata by which an upload knows itself when its answer was lost. */
const UPLOAD_ID = 'strata-upload';

/** A prefix of an S3 bucket as object store. */
export class S3Store implements ObjectStore {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #endpoint: string;

  /** @param prefix without slashes at its ends; empty for the whole bucket. */
  constructor(bucket: string, prefix: string, options: S3Options) {
    this.#bucket = bucket;
    this.#prefix = prefix === '' ? '' : `${prefix}/`;
    this.#endpoint = options.endpoint ?? `S3 ${options.region}`;
    const foreign = options.endpoint !== undefined && !new URL(options.endpoint).hostname.endsWith('.amazonaws.com');
    this.#client = new S3Client({
      region: options.region,
      credentials: { accessKeyId: options.accessKeyId, secretAccessKey: options.secretAccessKey },
      ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint, forcePathStyle: foreign }),
      // The SDK's default checksums are refused by some servers that are not AWS.
      ...(foreign ? { requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' } : {}),
      maxAttempts: 4,
    });
  }

  uri(path: string): string {
    assertPath(path);
    return `s3://${this.#bucket}/${this.#prefix}${path}`;
  }

  async get(path: string, range?: ByteRange): Promise<Uint8Array | undefined> {
    const where = this.#where(path);
    if (range) assertRange(range);
    for (let tries = 1; ; tries++) {
      try {
        const bytes = range ? { Range: `bytes=${range.start}-${range.end - 1}` } : {};
        const answer = await this.#client.send(new GetObjectCommand({ ...this.#object(path), ...bytes }));
        return (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
      } catch (error) {
        if (statusOf(error) === 404 && (error as Error).name !== 'NoSuchBucket') return undefined;
        if (statusOf(error) === 416) return new Uint8Array();
        const failure = s3Error(error, 'read', where);
        // The SDK retries requests, but not a body that breaks off.
        if (failure.kind === 'terminal' || tries >= DOWNLOAD_TRIES) throw failure;
      }
    }
  }

  async getText(path: string): Promise<string | undefined> {
    const bytes = await this.get(path);
    return bytes && textOf(bytes);
  }

  async put(path: string, bytes: Uint8Array | string): Promise<void> {
    try {
      await this.#client.send(new PutObjectCommand({ ...this.#object(path), Body: bytesOf(bytes) }));
    } catch (error) {
      throw s3Error(error, 'write', this.#where(path));
    }
  }

  async putIfAbsent(path: string, bytes: Uint8Array | string): Promise<boolean> {
    const command = { ...this.#object(path), Body: bytesOf(bytes), IfNoneMatch: '*' };
    for (let tries = 1; ; tries++) {
      try {
        await this.#client.send(new PutObjectCommand(command));
        return true;
      } catch (error) {
        if (statusOf(error) === 412) return false;
        if (statusOf(error) !== 409 || tries >= CONFLICT_TRIES) throw s3Error(error, 'write', this.#where(path));
        await sleep(Math.random() * 50 * tries);
      }
    }
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ObjectInfo> {
    const after = options.startAfter === undefined ? {} : { StartAfter: `${this.#prefix}${options.startAfter}` };
    const input = { Bucket: this.#bucket, Prefix: `${this.#prefix}${prefix}`, ...after };
    try {
      for await (const page of paginateListObjectsV2({ client: this.#client }, input)) {
        for (const { Key, Size, LastModified } of page.Contents ?? []) {
          // A folder that a console made is an object too, with a slash at its end.
          if (Key === undefined || Key.endsWith('/')) continue;
          const modifiedAt = LastModified ?? new Date();
          yield { path: Key.slice(this.#prefix.length), bytes: Size ?? 0, modifiedAt };
        }
      }
    } catch (error) {
      throw s3Error(error, 'list', `${this.#endpoint} s3://${input.Bucket}/${input.Prefix}`);
    }
  }

  async *listPaths(prefix: string, options: ListOptions = {}): AsyncGenerator<string> {
    for await (const { path } of this.list(prefix, options)) yield path;
  }

  async delete(paths: readonly string[]): Promise<void> {
    for (const path of paths) assertPath(path);
    for (let i = 0; i < paths.length; i += DELETES_PER_CALL) {
      const Objects = paths.slice(i, i + DELETES_PER_CALL).map((path) => ({ Key: `${this.#prefix}${path}` }));
      const where = `${this.#endpoint} s3://${this.#bucket}/${Objects[0]?.Key}`;
      try {
        const Delete = { Objects, Quiet: true };
        const answer = await this.#client.send(new DeleteObjectsCommand({ Bucket: this.#bucket, Delete }));
        const failed = answer.Errors?.find((error) => error.Code !== 'NoSuchKey');
        if (failed) throw Object.assign(new Error(failed.Message), { name: failed.Code });
      } catch (error) {
        throw s3Error(error, 'delete', where);
      }
    }
  }

  async putFile(path: string, localFile: string): Promise<void> {
    const upload = randomUUID();
    const { size } = await stat(localFile).catch((error: unknown) => {
      throw fileError(error, 'read', localFile);
    });
    const partSize = Math.max(SMALLEST_PART, Math.ceil(size / MOST_PARTS));
    for (let tries = 1; ; tries++) {
      const params = { ...this.#object(path), IfNoneMatch: '*', Metadata: { [UPLOAD_ID]: upload } };
      // A body that was half read cannot be sent again: 409 and broken connections start the upload anew.
      const body = createReadStream(localFile);
      try {
        await new Upload({ client: this.#client, params: { ...params, Body: body }, partSize }).done();
        return;
      } catch (error) {
        if (statusOf(error) === 412) return await this.#mustBeOurs(path, upload);
        const failure = s3Error(error, 'write', this.#where(path));
        const again = statusOf(error) === 409 || failure.kind === 'transient';
        if (!again || tries >= DOWNLOAD_TRIES) throw failure;
        await sleep(Math.random() * 200 * tries);
      } finally {
        body.destroy();
      }
    }
  }

  async getFile(path: string, localFile: string): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        const answer = await this.#client.send(new GetObjectCommand(this.#object(path)));
        await pipeline(answer.Body as Readable, createWriteStream(localFile));
        return;
      } catch (error) {
        if (statusOf(error) === 404) throw missingObject(this.uri(path));
        const local =
          (error as { syscall?: string }).syscall === 'open' || (error as { code?: string }).code === 'ENOSPC';
        if (local) throw fileError(error, 'write', localFile);
        const failure = s3Error(error, 'read', this.#where(path));
        if (failure.kind === 'terminal' || tries >= DOWNLOAD_TRIES) throw failure;
      }
    }
  }

  async #mustBeOurs(path: string, upload: string): Promise<void> {
    const head = await this.#client.send(new HeadObjectCommand(this.#object(path))).catch((error: unknown) => {
      throw s3Error(error, 'read', this.#where(path));
    });
    if (head.Metadata?.[UPLOAD_ID] !== upload) throw alreadyThere(this.uri(path));
  }

  #object(path: string): { Bucket: string; Key: string } {
    assertPath(path);
    return { Bucket: this.#bucket, Key: `${this.#prefix}${path}` };
  }

  #where(path: string): string {
    return `${this.#endpoint} ${this.uri(path)}`;
  }
}
