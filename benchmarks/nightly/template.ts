import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchCompany } from './bench-company.ts';
import type { Side } from './side.ts';

/**
 * The company lives day 1, every side loads it, the company lives day 2: the state from which each repetition starts.
 * What is there from an earlier time is kept.
 */
export async function prepareTemplates(bench: BenchCompany, sides: readonly Side[]): Promise<void> {
  const { company, folder } = bench;
  const missing = sides.filter(({ name }) => !existsSync(readyFile(folder, name)));
  if (company.age === 0) console.log(await lived(bench, 1));
  if (missing.length > 0 && company.age > 1) {
    throw new Error(`The sources under ${folder} have lived day 2 already; delete the folder to begin anew`);
  }
  for (const side of missing) {
    const template = templateOf(folder, side.name);
    rmSync(template, { recursive: true, force: true });
    mkdirSync(template, { recursive: true });
    const { seconds } = await side.load(template, 1);
    writeFileSync(readyFile(folder, side.name), '');
    console.log(`${side.name}: day 1 loaded in ${seconds.toFixed(1)} s`);
  }
  console.log(await lived(bench, 2));
}

async function lived({ company }: BenchCompany, day: number): Promise<string> {
  const began = Date.now();
  const { date, written, payments, moves, reviews, sessions } = await company.live(day);
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  return written
    ? `${date}: ${payments} payments, ${moves} older ones changed, ${reviews} reviews, ${sessions} sessions, in ${seconds} s`
    : `${date} was there`;
}

/** A side's state after day 1, to be changed. */
export function restore(folder: string, name: Side['name']): string {
  const work = join(folder, 'work', name);
  rmSync(work, { recursive: true, force: true });
  cpSync(templateOf(folder, name), work, { recursive: true });
  // Else the first fsync that is measured would wait for what was copied here.
  execFileSync('sync');
  return work;
}

const templateOf = (folder: string, name: string): string => join(folder, 'template', name);
const readyFile = (folder: string, name: string): string => join(folder, `template-${name}.ready`);
