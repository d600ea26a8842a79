import { afterAll, beforeAll, expect, it } from 'vitest';
import project from '../../config/project.ts';
import type { SourceDataset } from '../../core/dataset.ts';
import { datasetsOf } from '../../core/graph.ts';
import { checkSource } from '../../sources/check-source.ts';
import { describeWith } from '../servers.ts';
import { openSources, type SourceDatabase, type Sources } from './sources.fixture.ts';

const bronze = datasetsOf(project).filter((dataset): dataset is SourceDataset => dataset.kind === 'source');
const declared = (system: 'postgres' | 'mongodb'): string[] =>
  bronze.flatMap(({ source, relation }) => (source.system === system ? [relation] : [])).sort();

/** The company's own; beside it stand what it knows of its migrations and of the simulation. */
const TABLES = `
  select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^pg_'
    and n.nspname not in ('information_schema', 'simulation') and c.relname <> 'schema_migration'
  order by n.nspname || '.' || c.relname collate "C"`;

await describeWith(['postgres', 'mongodb'], "the company's sources as bronze declares them", (addresses) => {
  let sources: Sources;
  let database: SourceDatabase;
  beforeAll(async () => {
    sources = await openSources(addresses);
    database = await sources.database();
    const generator = await database.generator({
      seed: 7,
      start: '2026-11-01',
      rowsPerDay: 100,
      hugeDocumentBytes: 0,
    });
    await generator.migrate();
    await generator.advanceDay('2026-11-01');
  });
  afterAll(() => sources?.close());

  it('every table of PostgreSQL has a bronze dataset', async () => {
    const { rows } = await database.client.query<{ name: string }>(TABLES);
    expect(declared('postgres')).toEqual(rows.map(({ name }) => name));
  });

  it('every cursor that PostgreSQL is read by is indexed', async () => {
    const { rows } = await database.client.query<{ name: string }>(
      `select n.nspname || '.' || c.relname || '.' || a.attname as name
       from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
       where i.indisvalid and i.indpred is null`,
    );
    const cursors = bronze.flatMap(({ source, relation, extraction, sourceColumns }) =>
      source.system === 'postgres' && extraction.kind === 'cursor'
        ? [`${relation}.${sourceColumns[extraction.column]}`]
        : [],
    );
    expect(cursors.length).toBeGreaterThan(15);
    expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(cursors));
  });

  it('every collection of MongoDB has a bronze dataset', async () => {
    const collections = await database.db.listCollections({}, { nameOnly: true }).toArray();
    expect(declared('mongodb')).toEqual(collections.map(({ name }) => name).sort());
  });

  it.each(bronze.map((dataset) => [dataset.name, dataset] as const))(
    '%s: every column is declared or left out by name',
    async (_, dataset) => {
      const mongo = new URL(addresses.mongodbUrl);
      mongo.pathname = `/${database.name}`;
      const url = dataset.source.system === 'postgres' ? database.pgUrl : mongo.href;
      expect(await checkSource(dataset, { url })).toEqual([]);
    },
  );
});
