import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { detectDrift } from '../../drift/detect-drift.ts';
import type { ColumnKind, Measures } from '../../drift/drift.types.ts';
import { fullRun } from '../full-run.ts';
import { MINUTES } from '../patience.ts';
import { describeWithPython } from '../python.ts';
import { sampleOf, useSession } from './samples.fixture.ts';

const PACKAGES = ['evidently==0.7.23', 'scipy==1.17.1', 'pandas<3'];
const SCRIPT = fileURLToPath(new URL('./ask_evidently.py', import.meta.url));

type Value = number | string | null;
interface Question {
  readonly kind: ColumnKind;
  readonly reference: readonly Value[];
  readonly current: readonly Value[];
  readonly measures: readonly string[];
}

/** Its name there -> ours. */
const MEASURES: Readonly<Record<string, keyof Measures>> = {
  psi: 'psi',
  kl_div: 'kullbackLeibler',
  jensenshannon: 'jensenShannon',
  wasserstein: 'wasserstein',
  ks: 'ksP',
  chisquare: 'chiSquaredP',
  z: 'zP',
};
const DISTANCES = ['psi', 'kl_div', 'jensenshannon'];

/** A small generator with a seed, so that a failing question can be asked again. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const SIZES = [40, 700, 1000, 1001, 4000, 12_000];

function question(seed: number): Question {
  const next = random(seed);
  const [n, m] = [SIZES[Math.floor(next() * SIZES.length)]!, SIZES[Math.floor(next() * SIZES.length)]!];
  const shift = next() < 0.5 ? 0 : next();
  const missing = next() < 0.3 ? 0.1 : 0;
  const shapes: ((by: number) => Value)[] = [
    (by) => next() ** 3 * 100 + by * 10,
    (by) => Math.round((next() + next() + next() + by) * 20) / 4,
    (by) => Math.floor(next() * (4 + 3 * by)),
    (by) => Math.round(Math.exp(next() * 6 + by) * 100) / 100,
    (by) => `c${Math.floor(next() ** (1 + by) * 30)}`,
    (by) => (next() < 0.2 + by / 10 ? 'yes' : 'no'),
    (by) => `k${Math.floor(next() * (3 + by * 2))}`,
  ];
  const at = seed % shapes.length;
  const rows = (count: number, by: number) =>
    Array.from({ length: count }, () => (next() < missing ? null : shapes[at]!(by)));
  const numeric = at < 4;
  // Also where Evidently itself would take a distance, because there are many rows.
  const counted = at === 5 ? ['chisquare', 'z'] : ['chisquare'];
  return {
    kind: numeric ? 'numeric' : 'categorical',
    reference: rows(n, 0),
    current: rows(m, shift),
    measures: [...DISTANCES, ...(numeric ? ['wasserstein', 'ks'] : counted)],
  };
}

async function ask(python: string, questions: readonly Question[]): Promise<Record<string, number | string>[]> {
  const child = spawn(python, [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(questions));
  const answer: Buffer[] = [];
  for await (const part of child.stdout) answer.push(part);
  return JSON.parse(Buffer.concat(answer).toString('utf8'));
}

const title = 'beside Evidently on random samples';
if (!fullRun) {
  describe.skip(`${title} (skipped: only in the full run)`, () => it('is the same', () => {}));
} else {
  await describeWithPython(PACKAGES, title, (python) => {
    const held = useSession();
    it('every score is the same to 1e-9', { timeout: 10 * MINUTES }, async () => {
      const questions = Array.from({ length: 70 }, (_, seed) => question(seed));
      const answers = await ask(python, questions);
      for (const [seed, { kind, reference, current, measures }] of questions.entries()) {
        const types = { x: kind === 'numeric' ? 'DOUBLE' : 'VARCHAR' };
        const sample = (rows: readonly Value[]) =>
          sampleOf(
            held.session,
            types,
            rows.map((value) => [value]),
          );
        const input = { reference: await sample(reference), current: await sample(current), columns: [{ name: 'x' }] };
        const { byDefault, measures: ours } = (await detectDrift(held.session, input)).columns[0]!;
        const { test, score, ...others } = answers[seed]!;
        expect(byDefault!.test, `seed ${seed}`).toBe(test);
        expect(byDefault!.score, `seed ${seed} ${test}`).toBeCloseTo(score as number, 9);
        for (const name of measures) {
          expect(ours![MEASURES[name]!], `seed ${seed} ${name}`).toBeCloseTo(others[name] as number, 9);
        }
      }
    });
  });
}
