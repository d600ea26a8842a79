import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine, median, printTable } from '../figures.ts';
import { openBenchCompany } from './bench-company.ts';
import { compareSides } from './compare.ts';
import { plainSide } from './plain.side.ts';
import type { Limits, Night, Side } from './side.ts';
import { strataSide } from './strata.side.ts';
import { prepareTemplates, restore } from './template.ts';

/** Day 2 of a company with so many payments a day, by Strata and by a plain DuckDB script, in turns. */
export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string', default: '1000000' },
      pairs: { type: 'string', default: '5' },
      memory: { type: 'string' },
      worker: { type: 'string', multiple: true, default: [] },
      only: { type: 'string' },
      steps: { type: 'boolean', default: false },
    },
  });
  const limits: Limits = { memory: values.memory, worker: values.worker };
  const bench = await openBenchCompany(Number(values.rows));
  try {
    const sides = [strataSide(bench, limits), plainSide(bench, limits)];
    await prepareTemplates(bench, sides);
    console.log(`${machine()}; ${values.rows} payments a day; DuckDB's limit: ${values.memory ?? 'default'}`);
    const only = sides.find(({ name }) => name === values.only);
    if (only) return await lone(bench.folder, only, Number(values.pairs));
    const pairs: Night[][] = [];
    for (let i = 0; i < Number(values.pairs); i++) {
      pairs.push(await onePair(bench.folder, sides, i));
      if (i === 0) await compareSides(join(bench.folder, 'work'));
      if (values.steps) for (const [n, side] of sides.entries()) printSteps(side, pairs[i]![n]!);
    }
    printPairs(pairs);
  } finally {
    await bench.close();
  }
}

/** For looking for what takes the time. */
async function lone(folder: string, side: Side, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const night = await side.load(restore(folder, side.name), 2);
    printSteps(side, night);
    printTable(['s', 'CPU s', 'peak MiB'], [[night.seconds, night.cpuSeconds, night.peakMiB]]);
  }
}

/** Who goes first changes: what the machine does meanwhile must not favour one. */
async function onePair(folder: string, sides: readonly Side[], turn: number): Promise<Night[]> {
  const nights = new Map<string, Night>();
  for (const side of turn % 2 === 0 ? sides : [...sides].reverse()) {
    nights.set(side.name, await side.load(restore(folder, side.name), 2));
  }
  return sides.map(({ name }) => nights.get(name)!);
}

function printPairs(pairs: readonly Night[][]): void {
  const row = ([strata, plain]: readonly Night[]) => [
    strata!.seconds,
    plain!.seconds,
    strata!.seconds / plain!.seconds,
    ratio(strata!.cpuSeconds, plain!.cpuSeconds),
    strata!.peakMiB,
    plain!.peakMiB,
  ];
  const rows = pairs.map(row);
  const medians = rows[0]!.map((_, i) => median(rows.map((cells) => cells[i] ?? Number.NaN)));
  printTable(
    ['', 'Strata s', 'plain s', 'ratio', 'ratio of CPU', 'Strata peak MiB', 'plain peak MiB'],
    [...rows.map((cells, i) => [`pair ${i + 1}`, ...cells]), ['**median**', ...medians]],
  );
}

const ratio = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? undefined : a / b;

function printSteps({ name }: Side, { steps }: Night): void {
  printTable(
    [`${name}: step`, 'from', 's'],
    steps.map(({ step, begin, seconds }) => [step, begin, seconds]),
  );
}
