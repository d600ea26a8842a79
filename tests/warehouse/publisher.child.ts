/**
 * A process that publishes, for tests that kill, stop or starve it.
 * Arguments: warehouse file, folder of Parquet files, pipeline, last cut, step to pause at (or `none`), seed of its strides.
 * Prints each step it passes; at the step to pause at it prints `paused` and waits for a line on stdin.
 */
import { once } from 'node:events';
import { openDuckdbWarehouse } from '../../warehouse/duckdb-warehouse.ts';
import { difference, SESSION } from './company.fixture.ts';

const [path, files, pipeline, lastCut, pauseAt, seed] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const say = (line: string) => process.stdout.write(`${line}\n`);
let state = Number(seed) + 1;
const stride = () => {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return 1 + (state % 3);
};
let paused = false;
// More than any honest race loses; a broken rule would have it go round for ever.
let conflictsLeft = 50;
// The test that started it is gone.
process.stdin.on('end', () => process.exit(5)).resume();

const warehouse = await openDuckdbWarehouse({ path, schema: 'dev', session: SESSION });
for (;;) {
  const from = (await warehouse.published(pipeline))?.number ?? null;
  if (from === Number(lastCut)) break;
  const to = Math.min(Number(lastCut), (from ?? 0) + stride());
  try {
    const result = await warehouse.publish(difference(files, pipeline, from, to), {
      onStep: async (step) => {
        say(step);
        if (step !== pauseAt || paused) return;
        paused = true;
        say('paused');
        await once(process.stdin, 'data');
      },
    });
    say(`${result.outcome} ${result.cut}`);
  } catch (error) {
    const code = (error as { code?: string }).code;
    // Another process of the same pipeline was faster: look again, as an activity would.
    if (code !== 'conflict' || conflictsLeft-- === 0) {
      say(`failed ${code}: ${(error as Error).message}`);
      process.exit(3);
    }
    say('conflict');
  }
}
process.exit(0);
