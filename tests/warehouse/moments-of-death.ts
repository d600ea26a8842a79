import { fullRun } from '../full-run.ts';
import type { Fault } from './cutting.proxy.ts';

/** Each ordinary run tries other moments; what it printed, as STRATA_TEST_SEED, has it try the same again. */
const seed = Number(process.env.STRATA_TEST_SEED ?? Date.now() % 1_000_000);

/** Before and after each of these statements in the full run, else the commit both ways and some others. */
export function momentsOfDeath(what: string, statements: readonly string[], some: number): Fault[] {
  const all = statements.flatMap((_, at): Fault[] => [
    { at, kind: 'dies before' },
    { at, kind: 'dies after' },
  ]);
  if (fullRun) return all;
  const commit = statements.indexOf('COMMIT');
  const others = all.filter(({ at }) => at !== commit);
  let state = seed + 1;
  const picked = new Set<Fault>();
  while (picked.size < Math.min(some, others.length)) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    picked.add(others[Math.floor((state / 2_147_483_648) * others.length)]!);
  }
  const chosen = all.filter((fault) => fault.at === commit || picked.has(fault));
  const told = chosen.map(({ at, kind }) => `${kind} ${at}`).join(', ');
  console.log(`${what}: ${told} of ${statements.length} statements; STRATA_TEST_SEED=${seed}`);
  return chosen;
}
