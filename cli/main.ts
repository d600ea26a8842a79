import { wantsStackTraces } from '../config/settings.ts';
import { Cli } from './cli.ts';
import { buildProgram } from './program.ts';
import { reportError } from './report-error.ts';

/** Runs one command line and ends the process with its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  const cli = new Cli();
  // `strata status | head` closes the pipe: that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  try {
    const words = argv.slice(2);
    const program = await buildProgram(cli, words);
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    const verbose = wantsStackTraces() || argv.includes('--verbose');
    cli.exitCode = reportError(error, verbose, (line) => process.stderr.write(`${line}\n`));
  }
  // Connections of clients may keep the process alive; what was printed must be out before it ends.
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))));
  process.exit(cli.exitCode);
}
