/** Figures as people read them. */

export function duration(millis: number): string {
  const seconds = millis / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** Names that follow each other as one range: `2026-11-01..2026-11-05, 2026-11-09`; at most `most` pieces. */
export function ranges(names: readonly string[], successor: (name: string) => string, most = 4): string {
  const pieces: [string, string][] = [];
  for (const name of names) {
    const last = pieces.at(-1);
    if (last && successor(last[1]) === name) last[1] = name;
    else pieces.push([name, name]);
  }
  const shown = pieces.slice(0, most).map(([first, last]) => (first === last ? first : `${first}..${last}`));
  const hidden = pieces.length - shown.length;
  return shown.join(', ') + (hidden > 0 ? `, and ${hidden} more` : '');
}
