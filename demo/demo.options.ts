import { Command, InvalidArgumentError, Option } from 'commander';

export interface DemoOptions {
  /** Stop when it is done. */
  readonly exit: boolean;
  readonly lake: 'file' | 's3';
  /** Payments a day. */
  readonly rows: number;
  readonly reset: boolean;
  /** `days`: fourteen days into the warehouse. `model`: the world shifts, and a model is trained again. */
  readonly act: 'both' | 'days' | 'model';
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Give a whole number from 1.');
  return value;
}

/** @throws CommanderError, after printing what is wrong */
export function readOptions(args: readonly string[]): DemoOptions {
  return new Command('npm run demo --')
    .description(
      'A payments company: fourteen days into a lake and a warehouse, then a model that the world leaves behind.',
    )
    .option('--exit', 'stop when it is done', false)
    .addOption(new Option('--lake <where>', 'where the lake is').choices(['file', 's3']).default('file'))
    .option('--rows <n>', 'payments a day', count, 2000)
    .addOption(
      new Option('--act <which>', 'the fourteen days, the model that is trained again when the world shifts')
        .choices(['both', 'days', 'model'])
        .default('both'),
    )
    .option('--reset', 'delete what an earlier demo left', false)
    .exitOverride()
    .parse(args, { from: 'user' })
    .opts<DemoOptions>();
}
