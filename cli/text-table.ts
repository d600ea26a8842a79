export type Cell = string | number | bigint | boolean | null | undefined;

const isNumber = (cell: Cell): boolean => typeof cell === 'number' || typeof cell === 'bigint';
const textOf = (cell: Cell): string => (cell === undefined || cell === null ? '' : printCell(cell));
const printCell = (cell: string | number | bigint | boolean): string =>
  // A line break would tear the table apart.
  String(cell).replaceAll(/[\n\r\t]/g, ' ');

/** Terminals give these two columns; counting them as one shifts the rest of the line. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/gu;
const widthOf = (text: string): number => [...text].length + (text.match(WIDE)?.length ?? 0);

/** Rows under a header, columns apart by two blanks; numbers to the right. */
export function textTable(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [header, ...rows.map((row) => row.map(textOf))];
  const widths = header.map((_, i) => Math.max(...lines.map((line) => widthOf(line[i] ?? ''))));
  const right = header.map((_, i) => rows.length > 0 && rows.every((row) => row[i] == null || isNumber(row[i])));
  const print = (line: readonly string[]) =>
    line
      .map((text, i) => {
        const blanks = ' '.repeat((widths[i] ?? 0) - widthOf(text));
        return right[i] ? blanks + text : text + blanks;
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width));
  return [print(header), print(rule), ...lines.slice(1).map(print)].join('\n');
}
