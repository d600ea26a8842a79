import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import {
  bigint,
  boolean,
  bytes,
  date,
  decimal,
  double,
  integer,
  json,
  key,
  mongo,
  postgres,
  snapshot,
  source,
  text,
  timestamp,
} from '../core/builders.ts';
import type { SourceDataset } from '../core/dataset.ts';
import { openSession } from '../engine/session.ts';
import { ident, literal } from '../engine/sql-text.ts';
import { resolveDuckdbExtensions } from '../services/duckdb.extensions.ts';
import { startServices } from '../services/start.services.ts';
import { extract } from '../sources/extract.ts';
import type { ExtractOptions } from '../sources/extraction.types.ts';
import { libpqString } from '../sources/postgres/connection.ts';
import { fillCollection, fillTable } from './extract.data.ts';
import { machine, median, printTable } from './figures.ts';

const ROWS = 1_000_000;
const DOCUMENTS = 50_000;
const ROUNDS = 5;

const payments = source({
  name: 'bronze.payment',
  description: '14 columns of mixed types',
  source: postgres('bench'),
  relation: 'public.payment',
  extraction: snapshot(),
  columns: {
    id: key(bigint()),
    amount: decimal(18, 2),
    rate: decimal(18, 8),
    paid_at: timestamp(),
    day: date(),
    note: text(),
    doc: json(),
    digest: bytes(),
    captured: boolean(),
    score: double(),
    merchant: text(),
    tags: json(),
    kind: integer(),
    updated_at: timestamp(),
  },
});

const reviews = source({
  name: 'bronze.review',
  description: 'documents',
  source: mongo('bench'),
  relation: 'review',
  extraction: snapshot(),
  sourceColumns: { id: '_id', os: 'device.os' },
  columns: {
    id: key(text()),
    customer_id: json(),
    rating: json(),
    message: json(),
    os: text(),
    updated_at: timestamp(),
  },
});

interface Way {
  readonly name: string;
  readonly run: (directory: string) => Promise<unknown>;
}

/** @param args rows of the table, documents of the collection, rounds */
export async function main(args: readonly string[]): Promise<void> {
  const [rows = ROWS, documents = DOCUMENTS, rounds = ROUNDS] = args.map(Number);
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-extract-'));
  const ports = { temporal: 0, temporalUi: 0, postgres: 0, mongodb: 0, s3: 0 };
  const services = await startServices({
    want: ['postgres', 'mongodb'],
    dataDir: join(folder, 'servers'),
    ports,
    durable: false,
  });
  try {
    const { postgresUrl, mongodbUrl } = services.addresses;
    const address = new URL(mongodbUrl);
    address.pathname = '/bench';
    const client = new pg.Client({ connectionString: postgresUrl });
    await client.connect();
    await fillTable(client, rows);
    await client.end();
    await fillCollection(address.href, documents);
    const extensions = await resolveDuckdbExtensions({ names: ['postgres_scanner'] });
    const ways = waysOf(
      folder,
      extensions.folder,
      postgresUrl,
      address.href,
      extensions.missing.postgres_scanner === undefined,
    );
    const seconds = new Map<string, number[]>(ways.map((way) => [way.name, []]));
    // Round by round, so that what else the machine does falls on all of them.
    for (let round = 0; round < rounds; round++) {
      for (const [i, way] of ways.entries()) {
        const directory = join(folder, `${round}-${i}`);
        const started = performance.now();
        await way.run(directory);
        seconds.get(way.name)!.push((performance.now() - started) / 1000);
        await rm(directory, { recursive: true, force: true });
      }
    }
    console.log(`${rows} rows x 14 columns, ${documents} documents, median of ${rounds}; ${machine()}`);
    const plain = median(seconds.get(PLAIN) ?? [Number.NaN]);
    printTable(
      ['way', 'seconds', 'beside plain'],
      ways.map(({ name }) => [
        name,
        median(seconds.get(name)!),
        name.startsWith('MongoDB') ? undefined : median(seconds.get(name)!) / plain,
      ]),
    );
  } finally {
    await services.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const PLAIN = 'plain DuckDB: COPY (FROM postgres table) TO parquet';

function waysOf(
  folder: string,
  extensionsDirectory: string,
  postgresUrl: string,
  mongodbUrl: string,
  scanner: boolean,
): Way[] {
  const session = (signal?: AbortSignal) =>
    openSession({
      memoryLimit: '1GB',
      threads: 2,
      tempDirectory: folder,
      extensionsDirectory,
      ...(signal && { signal }),
    });
  const ours = (name: string, dataset: SourceDataset, url: string, options: Partial<ExtractOptions>): Way => ({
    name,
    run: (directory) =>
      extract(dataset, { lower: null, upper: null }, { url }, { directory, openSession: session, ...options }),
  });
  const plain: Way = {
    name: PLAIN,
    run: async (directory) => {
      await using duckdb = await session();
      await duckdb.run(`LOAD ${literal(join(extensionsDirectory, 'postgres_scanner.duckdb_extension'))}`);
      await duckdb.run(
        `ATTACH ${literal(libpqString({ url: postgresUrl }, 'plain'))} AS plain (TYPE postgres, READ_ONLY)`,
      );
      const columns = payments.columns.map((column) => ident(column.name)).join(', ');
      await duckdb.run(
        `COPY (SELECT ${columns} FROM plain.public.payment) TO ${literal(`${directory}.parquet`)} (FORMAT parquet, COMPRESSION zstd)`,
      );
      await rm(`${directory}.parquet`);
    },
  };
  return [
    ...(scanner ? [plain, ours('Strata by scanner, 2 connections', payments, postgresUrl, { reader: 'scanner' })] : []),
    ours('Strata by COPY, 2 connections', payments, postgresUrl, { reader: 'copy' }),
    ours('MongoDB', reviews, mongodbUrl, {}),
  ];
}
