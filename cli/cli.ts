import type { Command } from 'commander';
import { type Context, contextOf } from './context.ts';
import { EXIT } from './exit-codes.ts';

/** What a command does. Gives the exit code where it is not 0. */
type Work<Args extends readonly unknown[], Options> = (
  context: Context,
  args: Args,
  options: Options,
) => Promise<number | undefined>;

/** Carries the exit code from the command that ran to the process's end. */
export class Cli {
  exitCode: number = EXIT.ok;

  /** A handler for commander, which calls with the arguments, the options and the command. */
  action<Args extends readonly unknown[] = [], Options = object>(work: Work<Args, Options>) {
    return async (...given: unknown[]): Promise<void> => {
      const command = given.at(-1) as Command;
      const args = given.slice(0, -2) as unknown as Args;
      this.exitCode = (await work(contextOf(command), args, command.opts<object>() as Options)) ?? EXIT.ok;
    };
  }
}

/** Adds a command, or a group of them, to its parent. */
export type Register = (parent: Command, cli: Cli) => void;
