import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { Cli, Register } from './cli.ts';

/** Loaded when it is called: to load what all others need takes longer than most commands. */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  dev: async () => (await import('./commands/dev.ts')).dev,
  worker: async () => (await import('./commands/worker.ts')).worker,
  check: async () => (await import('./commands/check.ts')).check,
  docs: async () => (await import('./commands/docs.ts')).docs,
  run: async () => (await import('./commands/run.ts')).run,
  backfill: async () => (await import('./commands/backfill.ts')).backfill,
  publish: async () => (await import('./commands/publish.ts')).publish,
  runs: async () => (await import('./commands/runs.ts')).runs,
  schedule: async () => (await import('./commands/schedule.ts')).schedule,
  status: async () => (await import('./commands/status.ts')).status,
  query: async () => (await import('./commands/query.ts')).query,
  model: async () => (await import('./commands/model.ts')).model,
  retrain: async () => (await import('./commands/retrain.ts')).retrain,
  score: async () => (await import('./commands/score.ts')).score,
  vacuum: async () => (await import('./commands/vacuum.ts')).vacuum,
};

const EXIT_CODES = `
Exit codes: 0 done, 1 it failed, 2 wrong arguments, settings or project, 3 a server does not answer, 130 interrupted.
Data goes to stdout, everything else to stderr.`;

/**
 * Ready to parse; problems are thrown, never exits.
 * @param words of the command line: only the command that they name is there; without one that exists, all are
 */
export async function buildProgram(cli: Cli, words: readonly string[]): Promise<Command> {
  const program = new Command('strata')
    .description('Data pipelines in TypeScript: Temporal runs them, DuckDB computes, Delta Lake keeps.')
    .version(version())
    .option('--env <name>', 'dev, staging or prod; default STRATA_ENV, else dev')
    .option('--project <path>', 'project file; default STRATA_PROJECT, else config/project.ts')
    .option('--json', 'print data as JSON')
    .option('--verbose', 'show stack traces')
    .addHelpText('after', EXIT_CODES)
    .showSuggestionAfterError(true)
    .exitOverride();
  const word = commandWord(program, words);
  const called = Object.keys(COMMANDS).filter((name) => name === word);
  for (const name of called.length > 0 ? called : Object.keys(COMMANDS)) (await COMMANDS[name]!())(program, cli);
  return program;
}

/** The first word that is no option and no option's value. */
function commandWord(program: Command, words: readonly string[]): string | undefined {
  const valued = program.options.filter((option) => option.required).map((option) => option.long);
  return words.find((word, i) => !word.startsWith('-') && !valued.includes(words[i - 1] ?? ''));
}

/** package.json lies one folder up beside the sources, two up beside the compiled files. */
function version(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      return (JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string }).version;
    } catch {
      // Not there: the next one.
    }
  }
  return 'unknown';
}
