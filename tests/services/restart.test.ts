import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Client, Connection } from '@temporalio/client';
import { MongoClient } from 'mongodb';
import pg from 'pg';
import { expect, it } from 'vitest';
import type { ServiceName } from '../../services/service.types.ts';
import type { RunningServices } from '../../services/start.services.ts';
import { describeWith } from '../servers.ts';
import { ownFolder, ownServices } from './own.services.ts';

/** Writes through the real client, kills the server as a crash would, starts it again, and reads. */
async function survives<W extends ServiceName>(
  name: W,
  write: (services: RunningServices<W>) => Promise<void>,
  read: (services: RunningServices<W>) => Promise<unknown>,
): Promise<unknown> {
  const services = await ownServices({ want: [name], dataDir: ownFolder() });
  await write(services);
  const handle = services.handle(name);
  const before = handle?.pid;
  expect(before).toBeGreaterThan(0);
  await handle?.kill();
  expect(handle?.pid).toBeUndefined();
  expect(() => process.kill(before ?? 0, 0)).toThrow('ESRCH');
  await handle?.restart();
  expect(handle?.pid).not.toBe(before);
  expect(services.processes).toEqual([{ name, pid: handle?.pid }]);
  return read(services);
}

async function withPostgres<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  return work(client).finally(() => client.end());
}

await describeWith(['postgres'], 'PostgreSQL', () => {
  it('keeps committed rows over a kill while a client is connected', async () => {
    const rows = await survives(
      'postgres',
      async ({ addresses }) => {
        await withPostgres(addresses.postgresUrl, (client) => client.query('CREATE TABLE t AS SELECT 42 AS answer'));
        // A connection that is in the middle of something when the server dies.
        const open = new pg.Client({ connectionString: addresses.postgresUrl });
        open.on('error', () => {});
        await open.connect();
        open.query('SELECT pg_sleep(60)').catch(() => {});
      },
      ({ addresses }) => withPostgres(addresses.postgresUrl, async (client) => (await client.query('TABLE t')).rows),
    );
    expect(rows).toEqual([{ answer: 42 }]);
  });

  it('offers logical decoding, pgcrypto, prepared transactions, UTC and exact text', async () => {
    const { addresses } = await ownServices({ want: ['postgres'], dataDir: ownFolder() });
    const row = await withPostgres(addresses.postgresUrl, async (client) => {
      await client.query('CREATE EXTENSION pgcrypto');
      const settings = `current_setting('wal_level') AS wal, current_setting('timezone') AS zone,
        current_setting('max_prepared_transactions')::int > 0 AS prepared, current_setting('listen_addresses') AS listens`;
      return (await client.query(`SELECT ${settings}, current_setting('server_encoding') AS encoding`)).rows[0];
    });
    expect(row).toEqual({ wal: 'logical', zone: 'UTC', prepared: true, listens: '127.0.0.1', encoding: 'UTF8' });
  });
});

await describeWith(['mongodb'], 'MongoDB', () => {
  it('keeps documents and unique indexes over a kill', async () => {
    const withMongo = async <T>(url: string, work: (client: MongoClient) => Promise<T>) => {
      const client = new MongoClient(url, { serverSelectionTimeoutMS: 5_000 });
      return work(client).finally(() => client.close());
    };
    const found = await survives(
      'mongodb',
      ({ addresses }) =>
        withMongo(addresses.mongodbUrl, async (client) => {
          await client.db('app').collection('t').createIndex({ transaction_id: 1 }, { unique: true });
          await client.db('app').collection('t').insertOne({ transaction_id: 7 });
          // The stand-in writes to disk every tenth of a second.
          await new Promise((resolve) => setTimeout(resolve, 1_000));
        }),
      ({ addresses }) =>
        withMongo(addresses.mongodbUrl, async (client) => {
          const collection = client.db('app').collection('t');
          await expect(collection.insertOne({ transaction_id: 7 })).rejects.toMatchObject({ code: 11000 });
          return collection.countDocuments();
        }),
    );
    expect(found).toBe(1);
  });
});

await describeWith(['s3'], 'S3', () => {
  it('keeps objects over a kill, and refuses a second put-if-absent', async () => {
    const clientOf = ({ addresses: { s3 } }: RunningServices<'s3'>) =>
      new S3Client({ ...s3, credentials: s3, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' });
    const put = (services: RunningServices<'s3'>) =>
      clientOf(services).send(new PutObjectCommand({ Bucket: 'strata', Key: 'a/b', Body: 'x', IfNoneMatch: '*' }));
    const body = await survives(
      's3',
      async (services) => {
        await put(services);
      },
      async (services) => {
        await expect(put(services)).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
        const object = await clientOf(services).send(new GetObjectCommand({ Bucket: 'strata', Key: 'a/b' }));
        return object.Body?.transformToString();
      },
    );
    expect(body).toBe('x');
  });

  it('refuses wrong keys', async () => {
    const { addresses } = await ownServices({ want: ['s3'], dataDir: ownFolder() });
    const credentials = { accessKeyId: addresses.s3.accessKeyId, secretAccessKey: 'wrong' };
    const client = new S3Client({ ...addresses.s3, credentials, forcePathStyle: true });
    const get = client.send(new GetObjectCommand({ Bucket: 'strata', Key: 'x' }));
    await expect(get).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });
});

await describeWith(['temporal'], 'Temporal', () => {
  it('keeps workflows and search attributes over a kill, and shows its UI', async () => {
    const withClient = async <T>({ addresses }: RunningServices<'temporal'>, work: (client: Client) => Promise<T>) => {
      const connection = await Connection.connect({ address: addresses.temporal });
      return work(new Client({ connection })).finally(() => connection.close());
    };
    const searchAttributes = { StrataPipeline: ['nightly'], StrataState: ['running'] };
    const found = await survives(
      'temporal',
      (services) =>
        withClient(services, async (client) => {
          await client.workflow.start('any', { workflowId: 'w', taskQueue: 'nobody', searchAttributes });
        }),
      (services) =>
        withClient(services, async (client) => {
          const page = await fetch(services.addresses.temporalUi);
          expect(page.headers.get('content-type')).toContain('text/html');
          const workflow = await client.workflow.getHandle('w').describe();
          return [workflow.status.name, workflow.searchAttributes];
        }),
    );
    expect(found).toEqual(['RUNNING', searchAttributes]);
  });
});
