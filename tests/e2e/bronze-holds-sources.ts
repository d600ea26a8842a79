import { BSON } from 'mongodb';
import { expect } from 'vitest';
import project from '../../config/project.ts';
import type { SourceDataset } from '../../core/dataset.ts';
import { datasetsOf } from '../../core/graph.ts';
import { textRows } from '../oracle/text-query.ts';
import type { CompanySources } from './company.sources.ts';
import type { LakeReader } from './lake-reader.ts';
import { expectSameRows, type TextRow } from './text-rows.ts';

const sourceDatasets = datasetsOf(project).filter((d): d is SourceDataset => d.kind === 'source');

/**
 * What bronze saw last of each key, deleted ones left out, is what each source holds now.
 * @param empty datasets whose source has no rows yet; all others must have some
 * @returns rows checked, by dataset
 */
export async function expectSourcesInBronze(
  lake: LakeReader,
  sources: CompanySources,
  empty: readonly string[] = [],
): Promise<Record<string, number>> {
  const checked: Record<string, number> = {};
  for (const dataset of sourceDatasets) {
    const { name, source } = dataset;
    const now = source.system === 'postgres' ? await tableRows(sources, dataset) : await documentRows(sources, dataset);
    expect(now.length > 0, `${name}: its source has rows`).toBe(!empty.includes(name));
    expectSameRows(name, seenLast(await lake.rows(name), dataset), now);
    checked[name] = now.length;
  }
  return checked;
}

/** Of rows without a key every one counts. */
function seenLast(rows: readonly TextRow[], dataset: SourceDataset): TextRow[] {
  const last = new Map<string, TextRow>();
  for (const [i, row] of rows.entries()) {
    const key = dataset.key.length > 0 ? dataset.key.map((column) => row[column]).join('|') : String(i);
    const held = last.get(key);
    if (!held || BigInt(row._position!) > BigInt(held._position!)) last.set(key, row);
  }
  return [...last.values()].filter(({ _op }) => _op !== 'd').map((row) => declared(row, dataset));
}

/** PostgreSQL and its readers space JSON as they like; a document's JSON is ours, to the letter. */
const declared = (row: TextRow, { columns, source }: SourceDataset): TextRow =>
  Object.fromEntries(
    columns.map(({ name, json }) => {
      const value = row[name] ?? null;
      const isSpaced = json && source.system === 'postgres' && value !== null;
      return [name, isSpaced ? JSON.stringify(JSON.parse(value)) : value];
    }),
  );

async function tableRows({ client }: CompanySources, dataset: SourceDataset): Promise<TextRow[]> {
  const columns = dataset.columns.map(({ name, json }) => {
    const column = `"${dataset.sourceColumns[name]}"`;
    return `${json ? `to_jsonb(${column})` : column} as "${name}"`;
  });
  const rows = await textRows(client, `select ${columns.join(', ')} from ${dataset.relation}`);
  return rows.map((row) => declared(row, dataset));
}

async function documentRows({ db }: CompanySources, dataset: SourceDataset): Promise<TextRow[]> {
  const rows: TextRow[] = [];
  const documents = db.collection(dataset.relation).find({}, { promoteValues: false, batchSize: 100 });
  for await (const document of documents) {
    const fields = dataset.columns.map(({ name, json, sqlType }) => {
      const value: unknown = document[dataset.sourceColumns[name]!];
      // A field that is null and one that is not there are two things.
      if (value === undefined) return [name, null];
      if (json) return [name, BSON.EJSON.stringify(value, { relaxed: false })];
      return [name, sqlType === 'TIMESTAMPTZ' ? `${(value as Date).toISOString().slice(0, -1)}000Z` : String(value)];
    });
    rows.push(Object.fromEntries(fields));
  }
  return rows;
}
