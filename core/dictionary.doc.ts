import type { Check } from './check.ts';
import type { Column } from './column.ts';
import type { Dataset } from './dataset.ts';
import { datasetsOf } from './graph.ts';
import type { Project } from './project.ts';

/** A view with the columns that its SQL gives. */
export interface DescribedView {
  readonly name: string;
  readonly description: string;
  readonly tables: readonly string[];
  readonly columns: readonly { readonly name: string; readonly type: string; readonly description: string }[];
}

/** Every table and view of a project with what each column means, as Markdown. */
export function dictionaryDocument(project: Project, views: readonly DescribedView[]): string {
  const datasets = datasetsOf(project);
  // What is made last is what most people look for.
  const layers = [...new Set(datasets.map(layerOf).reverse())];
  return [
    `# Data dictionary of ${project.name}`,
    'Written by `npx strata docs` from the models: change the description of a column there. How tables refer to each other: schema.md.',
    contents(layers, datasets, views),
    ...(views.length > 0 ? ['## Views of the warehouse', ...views.map(viewSection)] : []),
    ...layers.flatMap((layer) => [
      `## Layer ${layer}`,
      ...datasets
        .filter((d) => layerOf(d) === layer)
        .sort(byName)
        .map(section),
    ]),
  ].join('\n\n');
}

const layerOf = ({ name }: Dataset): string => name.slice(0, name.indexOf('.'));
const byName = (a: Dataset, b: Dataset): number => (a.name < b.name ? -1 : 1);

function contents(layers: readonly string[], datasets: readonly Dataset[], views: readonly DescribedView[]): string {
  const link = (name: string) => `[${name}](#${name.replaceAll('.', '')})`;
  const line = (title: string, names: readonly string[]) => `- ${title}: ${names.map(link).join(', ')}`;
  return [
    ...(views.length > 0
      ? [
          line(
            'views',
            views.map(({ name }) => name),
          ),
        ]
      : []),
    ...layers.map((layer) =>
      line(
        layer,
        datasets
          .filter((d) => layerOf(d) === layer)
          .sort(byName)
          .map(({ name }) => name),
      ),
    ),
  ].join('\n');
}

function section(dataset: Dataset): string {
  const facts = [
    `Owner: ${dataset.owner}.`,
    dataset.key.length > 0 ? `One row per ${dataset.key.map(code).join(', ')}.` : 'Rows have no key.',
    ...cutBy(dataset),
    madeFrom(dataset),
    ...historyOf(dataset),
  ];
  const columns = dataset.columns.map((c) => row(code(c.name), typeOf(c), marks(c), c.description ?? ''));
  const checks = dataset.checks.map((check) => `- ${checkText(check)}`);
  return [
    `### ${dataset.name}`,
    dataset.description,
    facts.join(' '),
    [...HEAD, ...columns].join('\n'),
    ...(checks.length > 0 ? [`Checked:\n${checks.join('\n')}`] : []),
  ].join('\n\n');
}

function viewSection({ name, description, tables, columns }: DescribedView): string {
  const rows = columns.map((c) => row(code(c.name), shortType(c.type), '', c.description));
  return [`### ${name}`, description, `Reads ${tables.map(code).join(', ')}.`, [...HEAD, ...rows].join('\n')].join(
    '\n\n',
  );
}

const HEAD = ['| column | type | | meaning |', '|---|---|---|---|'];
const code = (text: string): string => `\`${text}\``;
const row = (...cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const shortType = (type: string): string => (type === 'TIMESTAMP WITH TIME ZONE' ? 'TIMESTAMPTZ' : type);

const typeOf = ({ sqlType, json, nullable }: Column): string =>
  `${json ? 'JSON text' : sqlType}${nullable ? ', null' : ''}`;

function marks({ key, references, pii }: Column): string {
  const reference = references && `→ ${references.dataset}`;
  return [key && 'key', reference, pii && `personal: ${pii}`].filter(Boolean).join(', ');
}

function cutBy({ partitionBy }: Dataset): string[] {
  if (partitionBy.kind === 'all') return [];
  const cut = partitionBy.kind === 'time' ? partitionBy.grain : `${partitionBy.count} buckets`;
  return [`Cut by ${cut} of ${code(partitionBy.column)}.`];
}

function historyOf(dataset: Dataset): string[] {
  const history = dataset.kind === 'derived' ? dataset.history : undefined;
  if (!history) return [];
  const tracked = history.track.map(code).join(', ');
  return [
    `History by ${code(history.key)} (type 2): a change of ${tracked} opens a new row, other columns show their newest value.`,
  ];
}

function madeFrom(dataset: Dataset): string {
  if (dataset.kind === 'derived') {
    const names = [...new Set(Object.values(dataset.inputs).map((input) => input.dataset.name))];
    const from = names.length > 0 ? `Made from ${names.map(code).join(', ')}` : 'Made from nothing else';
    return `${from} by ${code(dataset.sql)}.`;
  }
  const { source, relation, extraction } = dataset;
  const how = extraction.kind === 'cursor' ? `by ${code(extraction.column)}` : 'by comparing snapshots';
  return `Read from ${source.system} ${code(source.name)}, ${code(relation)}, ${how}.`;
}

function checkText(check: Check): string {
  if (check.kind === 'unique') return `unique: ${check.columns.map(code).join(', ')}`;
  if (check.kind === 'rowCount') return `rows per partition within ${check.sigma} standard deviations`;
  if (check.kind === 'row') return `each row: ${check.name}`;
  return `${check.severity === 'warn' ? 'warning' : 'the table'}: ${check.name}`;
}
