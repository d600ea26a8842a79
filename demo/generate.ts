import { Command, InvalidArgumentError } from 'commander';
import { createGenerator } from './generator/generator.ts';
import { DAY, dateOf, startOf } from './generator/simulated-time.ts';

function integer(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('give a whole number');
  return value;
}

interface Options {
  pg: string;
  mongo?: string;
  mongoDatabase: string;
  seed: number;
  start: string;
  days: number;
  bootstrap: number;
  rows: number;
  shiftFrom?: string;
}

const options = new Command('generate')
  .description('Lets the payments company live for some days; days that are there already are left alone.')
  .requiredOption('--pg <url>', 'PostgreSQL connection string of a superuser')
  .option('--mongo <url>', 'MongoDB connection string; left out: PostgreSQL only')
  .option('--mongo-database <name>', 'MongoDB database', 'app')
  .option('--seed <n>', 'the same seed gives the same rows', integer, 42)
  .option('--start <date>', 'first day', '2026-11-01')
  .option('--days <n>', 'how many days from the start', integer, 14)
  .option(
    '--bootstrap <n>',
    'how many of these days to write in one go, as they stand at their end: years of history',
    integer,
    0,
  )
  .option('--rows <n>', 'payments a day', integer, 2000)
  .option('--shift-from <date>', 'from this day on another merchant mix, and a new kind of fraud')
  .parse()
  .opts<Options>();

const generator = await createGenerator({
  seed: options.seed,
  start: options.start,
  rowsPerDay: options.rows,
  pg: options.pg,
  ...(options.shiftFrom === undefined ? {} : { shiftFrom: options.shiftFrom }),
  ...(options.mongo === undefined ? {} : { mongo: { url: options.mongo, database: options.mongoDatabase } }),
});
try {
  await generator.migrate();
  if (options.bootstrap > 0) await bootstrap(Math.min(options.bootstrap, options.days));
  for (let day = options.bootstrap; day < options.days; day++) {
    const began = performance.now();
    const { date, written, ...counts } = await generator.advanceDay(dateOf(startOf(options.start) + day * DAY));
    const figures = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
    console.log(
      written
        ? `${date}: ${figures.join(', ')} in ${((performance.now() - began) / 1000).toFixed(1)} s`
        : `${date}: was there`,
    );
  }
} finally {
  await generator.close();
}

async function bootstrap(days: number): Promise<void> {
  const began = performance.now();
  const { written } = await generator.bootstrap(days, (date) => {
    if (date.endsWith('-01')) console.log(`${date} ...`);
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(written ? `${days} days in one go in ${seconds} s` : `${days} days: were there`);
}
