import { expect, test } from 'vitest';
import {
  audit,
  bigint,
  bucket,
  dataset,
  day,
  decimal,
  key,
  pii,
  pipeline,
  references,
  text,
  timestamp,
  type2,
  unique,
} from '../../core/builders.ts';
import { dictionaryDocument } from '../../core/dictionary.doc.ts';
import { schemaDocument } from '../../core/schema.doc.ts';
import { rawPayment } from '../engine/project.fixture.ts';

const version = dataset({
  name: 'silver.person_version',
  description: 'Versions of people.',
  inputs: { raw: rawPayment },
  sql: 'person_version.sql',
  columns: { person_id: key(text()).describe('Person'), changed_at: key(timestamp()).describe('When') },
});
const dimPerson = dataset({
  name: 'gold.dim_person',
  description: 'People | their history.',
  owner: 'analytics',
  inputs: { version },
  sql: 'dim_person.sql',
  partitionBy: bucket('person_id', 4),
  history: type2({ key: 'person_id', at: 'changed_at', track: ['home'], surrogate: 'person_key' }),
  columns: { person_id: pii.identifier().nullable().describe('Person'), home: text().describe('Town | village') },
  checks: [unique('person_key')],
});
const visit = dataset({
  name: 'gold.fact_visit',
  description: 'Visits.',
  inputs: { version },
  sql: 'fact_visit.sql',
  partitionBy: day('at'),
  columns: {
    visit_id: key(bigint()).describe('Visit'),
    guest_key: references(dimPerson, 'person_key').describe('Guest'),
    host_key: references(dimPerson, 'person_key').nullable().describe('Host'),
    at: timestamp().describe('When'),
    price: decimal(18, 2).describe('Paid'),
  },
  checks: [audit('prices are fair', 'SELECT * FROM {{this}} WHERE price > 9', 'warn')],
});
const project = {
  name: 'visits',
  sqlFolder: 'sql',
  pipelines: [
    pipeline({
      name: 'nightly',
      description: 'd',
      start: '2026-11-01',
      interval: 'day',
      datasets: [visit, dimPerson],
      publish: { to: 'analytics' },
    }),
  ],
};

test('the dictionary says of every table what a reader asks', () => {
  const views = [
    {
      name: 'visit_flat',
      description: 'Visits, flat.',
      tables: ['fact_visit', 'dim_person'],
      columns: [{ name: 'at', type: 'TIMESTAMP WITH TIME ZONE', description: 'When' }],
    },
  ];
  const text = dictionaryDocument(project, views);
  const titles = text.split('\n').filter((line) => line.startsWith('##'));
  expect(titles).toEqual([
    '## Views of the warehouse',
    '### visit_flat',
    '## Layer gold',
    '### gold.dim_person',
    '### gold.fact_visit',
    '## Layer silver',
    '### silver.person_version',
    '## Layer bronze',
    '### bronze.payment',
  ]);
  const lines = new Set(text.split('\n'));
  for (const line of [
    '- gold: [gold.dim_person](#golddim_person), [gold.fact_visit](#goldfact_visit)',
    'Reads `fact_visit`, `dim_person`.',
    '| `at` | TIMESTAMPTZ |  | When |',
    '| `person_id` | VARCHAR, null | personal: identifier | Person |',
    '| `person_key` | BIGINT | key | Surrogate key; -1 unknown, -2 not applicable |',
    '| `home` | VARCHAR |  | Town \\| village |',
    '| `host_key` | BIGINT, null | → gold.dim_person | Host |',
    'Owner: analytics. One row per `person_key`. Cut by 4 buckets of `person_id`. Made from `silver.person_version` by `dim_person.sql`. History by `person_id` (type 2): a change of `home` opens a new row, other columns show their newest value.',
    'Owner: data. One row per `visit_id`. Cut by day of `at`. Made from `silver.person_version` by `fact_visit.sql`.',
    '- warning: prices are fair',
    '- unique: `person_key`',
  ]) {
    expect(lines, line).toContain(line);
  }
  expect(text).toContain('Read from postgres `oltp`, `public.payment`, by `updated_at`.');
});

test('the diagram draws every reference, and says which may point at nothing', () => {
  const text = schemaDocument(project);
  const diagrams = [...text.matchAll(/```mermaid\n(erDiagram\n[\s\S]*?)```/g)].map(([, body]) => body!.split('\n'));
  const [all, dimensions, fact] = diagrams as [string[], string[], string[]];
  expect(diagrams).toHaveLength(3);
  expect(all).toContain('  fact_visit }o--|| dim_person : guest_key');
  expect(all).toContain('  fact_visit }o--o| dim_person : host_key');
  expect(dimensions).toContain('    bigint person_key PK');
  expect(fact).toContain('    bigint guest_key FK');
  expect(fact).toContain('    decimal_18_2 price');
  // What Mermaid's grammar takes: words, cardinalities, labels.
  const valid =
    /^( {2}\w+ [|}]o?[|o]?--[|o]{2} \w+ : \w+| {2}\w+ \{| {4}[a-z]\w* \w+( (PK|FK|PK, FK))?| {2}\}|erDiagram|)$/;
  for (const line of diagrams.flat()) expect(line).toMatch(valid);
});
