import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { Cli } from '../../cli/cli.ts';
import { buildProgram } from '../../cli/program.ts';
import { QUEUES } from '../../core/queue-names.ts';
import { commandsOf } from './markdown.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const DOCUMENTS = [
  'README.md',
  'services/README.md',
  'demo/README.md',
  ...readdirSync(new URL('docs', root))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];
const commands = DOCUMENTS.flatMap((document) => commandsOf(document).map((command) => ({ document, command })));

/** Reads arguments as the real program does, and does nothing. */
class Idle extends Cli {
  ran = false;

  override action() {
    return async () => {
      this.ran = true;
    };
  }
}

async function parse(words: readonly string[]): Promise<void> {
  const cli = new Idle();
  const program = silent(await buildProgram(cli, words));
  await program.parseAsync([...words], { from: 'user' }).catch((error) => {
    if (error.code !== 'commander.helpDisplayed') throw error;
    cli.ran = true;
  });
  expect(cli.ran, 'a command, not a group of them').toBe(true);
}

function silent(command: Command): Command {
  command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  for (const child of command.commands) silent(child);
  return command;
}

/** As a shell does; `...` stands for a date. */
const wordsOf = (command: string): string[] =>
  [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)]
    .map(([, double, single, plain]) => double ?? single ?? plain ?? '')
    .map((word) => word.replace(/^\.\.\.$/, '2026-11-01'));

describe('the documents', () => {
  const strata = commands.filter(({ command }) => /^(npx )?strata /.test(command));
  test('name commands', () => expect(strata.length).toBeGreaterThan(40));

  test.each(strata)('$document: $command has the arguments and options of the program', async ({ command }) => {
    await parse(wordsOf(command).slice(command.startsWith('npx ') ? 2 : 1));
  });

  test('a wrong option and a wrong choice are found out', async () => {
    await expect(parse(['run', 'daily', '--from-date', '2026-11-01'])).rejects.toThrow(/unknown option/);
    await expect(parse(['backfill', 'create', 'daily', '--from-date', '2026-11-01'])).rejects.toThrow(/--to-date/);
    await expect(parse(['dev', '--lake', 'tape'])).rejects.toThrow(/Allowed choices/);
  });

  test('name npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = commands.flatMap(({ document, command }) => {
      const script = /(?:^| )npm (?:run )?([\w:]+)/.exec(command)?.[1];
      return script === undefined || script === 'ci' || script === 'install' ? [] : [`${script} in ${document}`];
    });
    expect(named.filter((name) => !(name.split(' ')[0]! in scripts))).toEqual([]);
  });

  test('name programs of this repository with options that they have', () => {
    for (const { document, command } of commands) {
      const path = /^npx tsx (\S+)/.exec(command)?.[1];
      if (path === undefined) continue;
      expect(existsSync(new URL(path, root)), `${document}: ${path}`).toBe(true);
      for (const [option] of command.matchAll(/--[a-z][\w-]*/g)) expect(read(path), document).toContain(option);
    }
  });

  test('name every queue', () => {
    const [, listed = ''] = /Workers poll queues: (.*), named/.exec(read('docs/operations.md')) ?? [];
    expect([...listed.matchAll(/`([\w-]+)`/g)].map(([, queue]) => queue)).toEqual([...QUEUES]);
  });
});
