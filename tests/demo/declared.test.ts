import { afterAll, beforeAll, expect, it } from 'vitest';
import project from '../../config/project.ts';
import { datasetsOf } from '../../core/graph.ts';
import { checkSource } from '../../sources/check-source.ts';
import { describeWith } from '../servers.ts';
import { openSources, type SourceDatabase, type Sources } from './sources.fixture.ts';

const bronze = datasetsOf(project).filter((dataset) => dataset.kind === 'source');

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
