import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MongoClient, ObjectId } from 'mongodb';
import pg from 'pg';
import { expect, it } from 'vitest';
import { MINUTES } from '../patience.ts';
import { freshName, freshPostgres } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { READERS, scannerMissing } from './extraction.fixture.ts';

const CHILD = fileURLToPath(new URL('./extract.child.ts', import.meta.url));
const MEGABYTE_IN_KB = 1024;

/** Peak memory of an extraction in a process of its own; DuckDB may use 256 MB there, Node itself starts with about 120. */
async function extractAlone(...argumentsOfChild: string[]) {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', CHILD, ...argumentsOfChild]);
  const result = JSON.parse(stdout.trim().split('\n').at(-1)!) as {
    rows: number;
    files: number;
    length: string;
    before: number;
    peak: number;
  };
  return { ...result, grownMegabytes: (result.peak - result.before) / MEGABYTE_IN_KB };
}

await describeWith(['postgres', 'mongodb'], 'memory', ({ postgresUrl, mongodbUrl }) => {
  it.skipIf(scannerMissing !== undefined).each([
    ['many rows', 'select i, repeat(md5(i::text), 12) from generate_series(1, 1000000) i', '1000000', 384_000_000],
    ['wide rows', 'select i, repeat(md5(i::text), 65536) from generate_series(1, 200) i', '200', 419_430_400],
  ] as const)(
    `of PostgreSQL tables of 400 MB stays bounded: %s${scannerMissing ? ` (skipped: ${scannerMissing})` : ''}`,
    async (_, rows, count, length) => {
      const url = await freshPostgres(postgresUrl);
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query('create table big (id int8, v text); alter table big alter v set storage external');
      await client.query(`insert into big ${rows}`);
      await client.end();
      for (const reader of READERS) {
        const result = await extractAlone('postgres', url, 'big', reader);
        expect(result).toMatchObject({ rows: Number(count), length: String(length) });
        console.log(reader, result);
        expect(result.grownMegabytes, reader).toBeLessThan(600);
      }
    },
    300_000,
  );

  it('of documents of 15 MB stays bounded', { timeout: 5 * MINUTES }, async () => {
    const address = new URL(mongodbUrl);
    address.pathname = `/${freshName('big')}`;
    const client = await new MongoClient(address.href).connect();
    const collection = client.db().collection('big');
    for (let i = 0; i < 12; i++) {
      await collection.insertOne({
        _id: new ObjectId(),
        v: randomBytes(5_600_000).toString('hex') + '"\n'.repeat(1_900_000),
      });
    }
    const result = await extractAlone('mongodb', address.href, 'big');
    expect(result).toMatchObject({ rows: 12, length: String(12 * (11_200_000 + 4 * 1_900_000 + 2)) });
    console.log(result);
    expect(result.grownMegabytes).toBeLessThan(700);
    await client.db().dropDatabase();
    await client.close();
  });
});
