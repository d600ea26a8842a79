/** @param cells escaped HTML @param numbers places of the columns with numbers */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly number[] = [],
): string {
  const line = (tag: 'th' | 'td') => (cell: string, i: number) =>
    `<${tag}${numbers.includes(i) ? ' class="number"' : ''}>${cell}</${tag}>`;
  const body = rows.map((row) => `<tr>${row.map(line('td')).join('')}</tr>`).join('');
  return `<div class="scroll"><table><thead><tr>${header.map(line('th')).join('')}</tr></thead><tbody>${body}</tbody></table></div>`;
}
