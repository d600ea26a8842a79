import type { Column } from './column.ts';
import type { DerivedDataset } from './dataset.ts';
import type { Project } from './project.ts';
import { publishedName, publishedOf } from './published.ts';

/** The warehouse's tables and how they refer to each other, as Markdown with Mermaid diagrams. */
export function schemaDocument(project: Project): string {
  const tables = project.pipelines.flatMap(publishedOf);
  const dimensions = tables.filter(isDimension);
  const others = tables.filter((table) => !isDimension(table));
  return [
    `# The warehouse of ${project.name}`,
    'Written by `npx strata docs` from the models. What each column means: data-dictionary.md.',
    '## All tables',
    diagram([], tables),
    '## Dimensions',
    diagram(dimensions, dimensions),
    ...others.flatMap((table) => [`## ${publishedName(table.name)}`, table.description, diagram([table], [table])]),
  ].join('\n\n');
}

/** Others point at it: its key is a surrogate. */
export const isDimension = ({ name }: { readonly name: string }): boolean => publishedName(name).startsWith('dim_');

/** @param boxes tables shown with their columns; @param lines tables whose references are drawn */
function diagram(boxes: readonly DerivedDataset[], lines: readonly DerivedDataset[]): string {
  return ['```mermaid', 'erDiagram', ...boxes.flatMap(box), ...lines.flatMap(relations), '```'].join('\n');
}

const box = ({ name, columns }: DerivedDataset): string[] => [
  `  ${publishedName(name)} {`,
  ...columns.map((column) => `    ${typeWord(column)} ${column.name}${marks(column)}`),
  '  }',
];

/** Mermaid's types are single words. */
const typeWord = ({ sqlType }: Column): string => sqlType.toLowerCase().replaceAll(/[(,]/g, '_').replace(')', '');

function marks({ key, references }: Column): string {
  const words = [...(key ? ['PK'] : []), ...(references ? ['FK'] : [])];
  return words.length > 0 ? ` ${words.join(', ')}` : '';
}

/** Many rows here for one there; `o|` where a row may point at none. */
const relations = ({ name, columns }: DerivedDataset): string[] =>
  columns.flatMap((column) => {
    if (!column.references) return [];
    const target = publishedName(column.references.dataset);
    return [`  ${publishedName(name)} }o--${column.nullable ? 'o|' : '||'} ${target} : ${column.name}`];
  });
