import { CommanderError } from 'commander';
import { StrataError } from '../core/errors.ts';
import { untilInterrupted } from '../services/interrupt.wait.ts';
import { printReport } from '../services/service.report.ts';
import { type Played, playDays, playShift } from './demo.acts.ts';
import { Cleanup } from './demo.cleanup.ts';
import { type DemoOptions, readOptions } from './demo.options.ts';
import { startServers } from './demo.platform.ts';
import { title } from './demo.summary.ts';

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

/** @returns whether the warehouse agrees with its sources, and a better model serves */
async function demo(options: DemoOptions, cleanup: Cleanup): Promise<boolean> {
  const began = Date.now();
  const seconds = (from: number) => `${((Date.now() - from) / 1000).toFixed(0)} s`;
  const report = printReport((line) => console.log(line));
  title('Servers');
  const servers = await startServers(options, report);
  cleanup.add('servers', () => servers.services.stop());
  const stage = { options, servers, cleanup, report };
  const acts = { days: playDays, model: playShift };
  const played: Played[] = [];
  for (const [name, play] of Object.entries(acts)) {
    if (options.act !== 'both' && options.act !== name) continue;
    const ready = Date.now();
    played.push(await play(stage));
    console.log(
      `${seconds(ready)} since the ${played.length === 1 ? 'servers are up' : 'act before'}, ${seconds(began)} in all.`,
    );
  }
  title('Where to look');
  const places = [['Temporal UI', servers.addresses.temporalUi], ...played.flatMap((act) => act.places)];
  for (const [name, place] of places) console.log(`${name!.padEnd(13)} ${place}`);
  return played.every(({ ok }) => ok);
}
