import { readFileSync } from 'node:fs';

export interface Block {
  readonly language: string;
  /** File that the block is the content of. */
  readonly file: string | undefined;
  readonly text: string;
}

/** Fenced code blocks of a document of this repository, in order. */
export function blocksOf(path: string): Block[] {
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  return [...text.matchAll(/```(\w+)(?: (\S+))?\n([\s\S]*?)```/g)].map(([, language = '', file, body = '']) => ({
    language,
    file,
    text: body,
  }));
}

/** Commands of its shell blocks, and of code spans that begin like one; `<pipeline>` stands for a real one, `<id>` for a word. */
export function commandsOf(path: string): string[] {
  const document = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const inBlocks = blocksOf(path)
    .filter((block) => block.language === 'sh')
    .flatMap((block) => block.text.split('\n'));
  const spans = [...document.matchAll(/`((?:(?:npx )?strata|npx tsx|npm (?:run|test)) ?[^`]*)`/g)].map(
    ([, command = '']) => command,
  );
  return [...inBlocks, ...spans]
    .map((line) =>
      line
        .trim()
        .replaceAll('<pipeline>', 'daily_oltp_to_olap')
        .replace(/<(\w+)>/g, '$1'),
    )
    .filter((line) => line !== '' && !line.startsWith('export '));
}
