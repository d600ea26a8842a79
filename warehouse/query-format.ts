import type { Cell, QueryResult } from './warehouse.ts';

export const QUERY_FORMATS = ['table', 'json', 'csv'] as const;
export type QueryFormat = (typeof QUERY_FORMATS)[number];

/** The result as text, without a line break at the end. Decimals and dates are text in JSON: numbers would lose digits. */
export function formatQuery(result: QueryResult, format: QueryFormat): string {
  return { table: formatTable, json: formatJson, csv: formatCsv }[format](result);
}

function formatJson({ columns, rows }: QueryResult): string {
  const objects = rows.map((row) => Object.fromEntries(columns.map((c, i) => [c.name, row[i] ?? null])));
  return JSON.stringify(objects, null, 2);
}

/** RFC 4180, with `\n` between lines; null is empty, an empty text is `""`. */
function formatCsv({ columns, rows }: QueryResult): string {
  const lines = [columns.map((c) => csvField(c.name)), ...rows.map((row) => row.map(csvField))];
  return lines.map((line) => line.join(',')).join('\n');
}

function csvField(value: Cell): string {
  if (value === null) return '';
  const text = plain(value);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const NUMERIC = /^(DECIMAL|.*INT(EGER)?$|DOUBLE|FLOAT)/;

function formatTable({ columns, rows, truncated }: QueryResult): string {
  const right = columns.map((c) => NUMERIC.test(c.type));
  const cells = [columns.map((c) => c.name), ...rows.map((row) => row.map(tableField))];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => [...(row[i] ?? '')].length)));
  const lines = cells.map((row) =>
    row
      .map((cell, i) => pad(cell, widths[i]!, right[i]!))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  const count = rows.length === 1 ? '1 row' : `${rows.length} rows`;
  return [...lines, `(${count}${truncated ? '; there are more' : ''})`].join('\n');
}

const pad = (text: string, width: number, right: boolean): string => {
  const blanks = ' '.repeat(width - [...text].length);
  return right ? blanks + text : text + blanks;
};

/** One line per row, whatever the text holds. */
const tableField = (value: Cell): string =>
  value === null
    ? ''
    : plain(value).replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');

const plain = (value: NonNullable<Cell>): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
