import { expect, test } from 'vitest';
import type { BuildTask } from '../../activities/converge.types.ts';
import { shortened, whole } from '../../activities/task-plan.ts';
import { planFile } from '../../lake/layout.ts';
import { MemoryStore } from '../../lake/memory-store.ts';

const taskOver = (days: number): BuildTask => ({
  dataset: 'silver.payment',
  kind: 'remerge',
  partitions: [],
  inputPartitions: Array.from({ length: days }, (_, i) => new Date(i * 86_400_000).toISOString().slice(0, 10)),
  inputs: { 'bronze.transaction': 7 },
  contentHash: '0123456789abcdef',
  why: 'merge anew',
});

test('twenty thousand partitions are handed around as a name', async () => {
  const kept = { store: new MemoryStore(), env: 'dev' };
  const task = taskOver(20_000);
  const short = await shortened(kept, task);
  expect(JSON.stringify(short).length).toBeLessThan(500);
  expect(await whole(kept, short)).toEqual(task);
  expect((await shortened(kept, task)).plan, 'the same list is the same plan').toBe(short.plan);
  expect((await shortened(kept, taskOver(20_001))).plan).not.toBe(short.plan);
  await kept.store.delete([planFile('dev', short.plan!)]);
  await expect(whole(kept, short)).rejects.toMatchObject({ code: 'storage', kind: 'terminal' });
});

test('few are handed around as they are', async () => {
  const kept = { store: new MemoryStore(), env: 'dev' };
  const task = taskOver(30);
  expect(await shortened(kept, task)).toBe(task);
  expect(await whole(kept, task)).toBe(task);
});
