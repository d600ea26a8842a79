function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(swap, above[j]! + 1, row[j - 1]! + 1));
    }
  }
  return row[b.length]!;
}

/** The valid word that was probably meant, or undefined when none is near. */
export function nearest(word: string, valid: readonly string[]): string | undefined {
  const ranked = valid
    .map((v) => ({ v, d: v.includes(word) && word.length > 2 ? 1 : distance(word.toLowerCase(), v.toLowerCase()) }))
    .sort((x, y) => x.d - y.d);
  const best = ranked[0];
  return best && best.d <= Math.max(2, Math.floor(word.length / 3)) ? best.v : undefined;
}

/** A hint for an unknown name: the likely one first, then all. */
export function suggestion(word: string, valid: readonly string[]): string {
  const near = nearest(word, valid);
  const all = valid.length ? `Valid: ${valid.join(', ')}.` : 'There are none.';
  return near ? `Did you mean ${near}? ${all}` : all;
}
