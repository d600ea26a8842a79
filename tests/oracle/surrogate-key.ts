import { createHash } from 'node:crypto';

/** As documented: the first 63 bits of the md5 of the natural key and its open bound; -1 for a key that is not known. */
export function surrogateKey(natural: string | null): string {
  if (natural === null) return '-1';
  const digest = createHash('md5').update(`${natural}|-infinity`).digest();
  return String(digest.readBigUInt64BE(0) >> 1n);
}
