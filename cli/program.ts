import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { Cli } from './cli.ts';
import { backfill } from './commands/backfill.ts';
import { check } from './commands/check.ts';
import { dev } from './commands/dev.ts';
import { docs } from './commands/docs.ts';
import { model } from './commands/model.ts';
import { publish } from './commands/publish.ts';
import { query } from './commands/query.ts';
import { retrain } from './commands/retrain.ts';
import { run } from './commands/run.ts';
import { runs } from './commands/runs.ts';
import { schedule } from './commands/schedule.ts';
import { score } from './commands/score.ts';
import { status } from './commands/status.ts';
import { vacuum } from './commands/vacuum.ts';
import { worker } from './commands/worker.ts';

const COMMANDS = [
  dev,
  worker,
  check,
  docs,
  run,
  backfill,
  publish,
  runs,
  schedule,
  status,
  query,
  model,
  retrain,
  score,
  vacuum,
];

const EXIT_CODES = `
Exit codes: 0 done, 1 it failed, 2 wrong arguments, settings or project, 3 a server does not answer, 130 interrupted.
Data goes to stdout, everything else to stderr.`;

/** All commands, ready to parse; problems are thrown, never exits. */
export function buildProgram(cli: Cli): Command {
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
  for (const register of COMMANDS) register(program, cli);
  return program;
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
