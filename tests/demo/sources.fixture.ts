import { type Db, MongoClient } from 'mongodb';
import pg from 'pg';
import { createGenerator, type Generator, type GeneratorOptions } from '../../demo/generator/generator.ts';
import type { AddressesFor } from '../../services/service.types.ts';

/** A pair of empty databases of one test, on the test run's servers. */
export interface SourceDatabase {
  readonly name: string;
  readonly pgUrl: string;
  readonly client: pg.Client;
  readonly db: Db;
  /** A generator that writes to this pair, or without documents to PostgreSQL only; closed with the sources. */
  generator(options: Omit<GeneratorOptions, 'pg' | 'mongo'>, to?: { documents: boolean }): Promise<Generator>;
}

export interface Sources {
  database(): Promise<SourceDatabase>;
  /** Drops every database that was handed out. */
  close(): Promise<void>;
}

let counter = 0;

export async function openSources(addresses: AddressesFor<'postgres' | 'mongodb'>): Promise<Sources> {
  const admin = new pg.Client({ connectionString: addresses.postgresUrl });
  // A server that a test stops ends its connections, not the test run.
  admin.on('error', () => {});
  await admin.connect();
  const mongo = await new MongoClient(addresses.mongodbUrl).connect();
  const closers: (() => Promise<unknown>)[] = [];

  async function database(): Promise<SourceDatabase> {
    // Of one width: the MongoDB stand-in drops a database together with those whose names begin with its name.
    const name = `demo_${process.pid}_${String(counter++).padStart(3, '0')}`;
    await admin.query(`create database ${name}`);
    const url = new URL(addresses.postgresUrl);
    url.pathname = `/${name}`;
    const pgUrl = url.href;
    const client = new pg.Client({ connectionString: pgUrl });
    client.on('error', () => {});
    await client.connect();
    const generators: Generator[] = [];
    closers.push(async () => {
      await Promise.all(generators.map((generator) => generator.close().catch(() => {})));
      await client.end();
      await mongo.db(name).dropDatabase();
      await admin.query(`drop database ${name} with (force)`);
    });
    return {
      name,
      pgUrl,
      client,
      db: mongo.db(name),
      async generator(options, { documents } = { documents: true }) {
        const generator = await createGenerator({
          ...options,
          pg: pgUrl,
          ...(documents && { mongo: { url: addresses.mongodbUrl, database: name } }),
        });
        generators.push(generator);
        return generator;
      },
    };
  }

  return {
    database,
    async close() {
      for (const close of closers) await close();
      await admin.end();
      await mongo.close();
    },
  };
}
