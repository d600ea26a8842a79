import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { estimatePerformance } from '../../drift/estimate-performance.ts';
import type { Metric } from '../../drift/performance.types.ts';
import { Prng } from '../../ml/prng.ts';
import { fullRun } from '../full-run.ts';
import { describeWithPython } from '../python.ts';
import { sampleOf, useSession } from './samples.fixture.ts';

const SCRIPT = fileURLToPath(new URL('./ask_sklearn.py', import.meta.url));

async function ask(python: string, task: object): Promise<Record<Metric, number>> {
  const child = spawn(python, [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(task));
  const answer: Buffer[] = [];
  for await (const part of child.stdout) answer.push(part);
  return JSON.parse(Buffer.concat(answer).toString('utf8'));
}

const title = 'estimated performance beside scikit-learn on random samples';
if (!fullRun) {
  describe.skip(`${title} (skipped: only in the full run)`, () => it('is the same', () => {}));
} else {
  await describeWithPython(['scikit-learn==1.7.2'], title, (python) => {
    const held = useSession();
    it.each([1, 2, 3])('is the same to 1e-9 (seed %d)', async (seed) => {
      const prng = new Prng(seed);
      // On the grid that scores are counted in, so that both sides see the same ones.
      const score = (power: number) => Math.floor(prng.next() ** power * 4_000) / 4_096;
      const reference = Array.from({ length: 3_000 }, () => {
        const given = score(3);
        return [given, prng.next() < given ** 1.5 ? 1 : 0] as const;
      });
      const current = Array.from({ length: 2_000 }, () => score(2));
      const threshold = 0.5;
      const { periods } = await estimatePerformance(held.session, {
        reference: {
          ...(await sampleOf(
            held.session,
            { place: 'BIGINT', score: 'DOUBLE', label: 'BOOLEAN' },
            reference.map(([given, label], place) => [place, given, label === 1]),
          )),
          score: 'score',
          label: 'label',
          order: 'place',
        },
        current: {
          ...(await sampleOf(
            held.session,
            { score: 'DOUBLE' },
            current.map((given) => [given]),
          )),
          score: 'score',
        },
        threshold,
      });
      const expected = await ask(python, { reference, current, threshold });
      for (const [metric, value] of Object.entries(expected)) {
        expect(periods[0]!.estimated[metric as Metric], metric).toBeCloseTo(value, 9);
      }
    });
  });
}
