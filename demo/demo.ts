import { CommanderError } from 'commander';
import { StrataError } from '../core/errors.ts';
import { untilInterrupted } from '../services/interrupt.wait.ts';
import { printReport } from '../services/service.report.ts';
import { Cleanup } from './demo.cleanup.ts';
import { openCompany } from './demo.company.ts';
import { dayNumber, nightAfter } from './demo.days.ts';
import { type DemoOptions, readOptions } from './demo.options.ts';
import { demoVariables, SimulatedClock, startDemoWorker, startServers } from './demo.platform.ts';
import { Script } from './demo.script.ts';
import { StrataCommand } from './demo.strata.ts';
import { compareWithSource, printRevenue, printRows } from './demo.summary.ts';

const INTERRUPTED = 130;

/** The demo, from the servers to their end. @returns the process's exit code */
export async function main(args: readonly string[]): Promise<number> {
  const cleanup = new Cleanup();
  try {
    const options = readOptions(args);
    const interrupted = untilInterrupted();
    const ended = await Promise.race([demo(options, cleanup), interrupted]);
    if (ended === 'interrupted') return INTERRUPTED;
    if (!options.exit) {
      console.log('\nEverything stays up until Ctrl-C.');
      await interrupted;
    }
    return ended ? 0 : 1;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    console.error(error instanceof StrataError ? error.describe() : error instanceof Error ? error.message : error);
    return 1;
  } finally {
    await cleanup.run();
  }
}

/** @returns whether the warehouse agrees with its sources */
async function demo(options: DemoOptions, cleanup: Cleanup): Promise<boolean> {
  const began = Date.now();
  const report = printReport((line) => console.log(line));
  title('Servers');
  const servers = await startServers(options, report);
  cleanup.add('servers', () => servers.services.stop());
  const ready = Date.now();
  const company = await openCompany(servers.addresses, options.rows);
  cleanup.add('generator', () => company.close());
  const variables = await demoVariables(servers, company, options.lake, report);
  const clock = new SimulatedClock(variables, nightAfter(Math.max(company.age, 11)));
  const worker = await startDemoWorker(clock);
  cleanup.add('worker', async () => {
    worker.stop();
    await worker.finished;
  });
  const strata = new StrataCommand(() => clock.environment());
  cleanup.add('command', async () => strata.interrupt());

  const script = new Script(company, strata, clock);
  title(company.age >= 14 ? 'The company has lived its fourteen days: everything is run again' : 'Days 1 to 11');
  await script.backfill(1, 11);
  for (const day of [12, 13, 14]) {
    title(`Day ${day}: ${dayNumber(day)}, and its nightly run`);
    await script.nightly(day);
  }
  title('What there is');
  await printRows(strata);
  title('Net revenue by day and country of the merchant, from the warehouse');
  await printRevenue(strata);
  title('What it took');
  script.printSteps();
  const agrees = await compareWithSource(strata, company);
  const seconds = (from: number) => ((Date.now() - from) / 1000).toFixed(0);
  console.log(`${seconds(ready)} s since the servers are up, ${seconds(began)} s in all.`);
  title('Where to look');
  console.log(`Temporal UI   ${servers.addresses.temporalUi}`);
  console.log(`Lake          ${variables.STRATA_LAKE}`);
  console.log(`Warehouse     ${variables.STRATA_WAREHOUSE_ANALYTICS?.replace('duckdb://', '')}`);
  console.log(
    'By hand       npx strata status; npx strata runs ls; npx strata query "select * from fact_payment limit 5"',
  );
  return agrees;
}

function title(text: string): void {
  console.log(`\n== ${text}`);
}
