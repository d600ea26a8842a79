import { StrataError } from '../core/errors.ts';

/** JavaScript's `\s`; RE2's own knows ASCII only. */
const SPACES =
  '\\t\\n\\x{b}\\f\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';
const NOT_LINE_END = '[^\\n\\r\\x{2028}\\x{2029}]';
/** RE2 refuses more. */
const MAX_REPEAT = 1000;

const refuse = (regex: RegExp, why: string): never => {
  throw new StrataError('bad_definition', `${regex} cannot be checked by DuckDB: ${why}`, {
    hint: 'Rewrite the pattern, or use rowCheck(...) with SQL.',
  });
};

/**
 * A JavaScript pattern in the words of RE2, which DuckDB uses, matching the same strings.
 * @throws bad_definition for what RE2 lacks (lookaround, back references) and for what would differ: without the `u` flag
 * JavaScript counts an emoji as two characters, RE2 as one.
 */
export function toRe2(regex: RegExp): string {
  if (/[myv]/.test(regex.flags)) refuse(regex, 'the flags m, y and v have no counterpart');
  const unicode = regex.flags.includes('u');
  if (regex.ignoreCase && !unicode) refuse(regex, 'with the i flag, give the u flag too');
  const wide = (what: string) => (unicode ? what : refuse(regex, 'it can match an emoji, so give it the u flag'));
  const { source } = regex;
  if (!unicode && /[\u{10000}-\u{10ffff}]/u.test(source)) wide('');
  let out = regex.ignoreCase ? '(?i)' : '';
  let at = 0;
  while (at < source.length) {
    const rest = source.slice(at);
    const [taken, written] = inClass(rest) ?? outside(rest);
    out += written;
    at += taken;
  }
  return out;

  function outside(rest: string): [number, string] {
    const char = rest[0]!;
    if (char === '\\') return escaped(rest, false);
    if (char === '.') return [1, wide(regex.dotAll ? '[\\x{0}-\\x{10ffff}]' : NOT_LINE_END)];
    if (char === '^') return [1, '\\A'];
    if (char === '$') return [1, '\\z'];
    if (/^\(\?(?:[=!]|<[=!])/.test(rest)) refuse(regex, 'it looks ahead or behind');
    const named = /^\(\?<\w+>/.exec(rest)?.[0];
    if (named) return [named.length, '('];
    const repeat = /^\{(\d+)(?:,(\d*))?\}/.exec(rest);
    if (repeat) {
      if (Number(repeat[2] || repeat[1]) > MAX_REPEAT) refuse(regex, `it repeats more than ${MAX_REPEAT} times`);
      return [repeat[0].length, repeat[0]];
    }
    return [1, char];
  }

  /** A whole `[...]`; undefined when none starts here. */
  function inClass(rest: string): [number, string] | undefined {
    if (rest[0] !== '[') return undefined;
    const negated = rest[1] === '^';
    let i = negated ? 2 : 1;
    if (rest[i] === ']') refuse(regex, 'it has an empty character class');
    let written = negated ? wide('[^') : '[';
    while (rest[i] !== ']') {
      const char = rest[i]!;
      const [taken, text] = char === '\\' ? escaped(rest.slice(i), true) : [1, char === '[' ? '\\[' : char];
      written += text;
      i += taken;
    }
    return [i + 1, `${written}]`];
  }

  function escaped(rest: string, insideClass: boolean): [number, string] {
    const code = /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]+)\})/.exec(rest);
    if (code) {
      const hex = code[1] ?? code[2] ?? code[3]!;
      const point = Number.parseInt(hex, 16);
      if (point >= 0xd800 && point <= 0xdfff) refuse(regex, 'it names half of a character');
      if (code[3] && !unicode) refuse(regex, '\\u{...} needs the u flag');
      return [code[0].length, `\\x{${hex}}`];
    }
    const char = rest[1] ?? '';
    const property = /^\\[pP]\{[A-Z][a-z]?\}/.exec(rest)?.[0];
    if (property && unicode) return [property.length, property];
    if (char === 's') return [2, insideClass ? SPACES : `[${SPACES}]`];
    if (char === 'S') return [2, insideClass ? refuse(regex, '\\S inside [...]') : wide(`[^${SPACES}]`)];
    if ((char === 'D' || char === 'W') && !insideClass) return [2, wide(`\\${char}`)];
    if (/[wWbB]/.test(char) && regex.ignoreCase) return refuse(regex, `\\${char} with the i flag`);
    if (/[bB]/.test(char) && insideClass) return refuse(regex, `\\${char} inside [...]`);
    if (/[dwDWbBtnfr]/.test(char)) return [2, `\\${char}`];
    if (char === 'v') return [2, '\\x{b}'];
    if (char === '0' && !/^\\0\d/.test(rest)) return [2, '\\x{0}'];
    if (/[^A-Za-z0-9\s]/.test(char)) return [2, `\\${char}`];
    return refuse(regex, `\\${char} has no counterpart`);
  }
}
