import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fullRun } from '../full-run.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { answers, type DemoEnd, DemoProcess } from './demo-process.ts';

const why = fullRun ? '' : ' (skipped: only in the full run)';
const ROWS = ['--exit', '--rows', '40', '--act', 'days'];
const AGREE = /PostgreSQL and the warehouse agree: [\d,]+ payments in \d+ currencies, to the cent\./;

const root = mkdtempSync(join(tmpdir(), 'strata-demo-'));
const running: DemoProcess[] = [];
const demo = (folder: string, ...args: string[]): DemoProcess => {
  const started = new DemoProcess(join(root, folder), ...args);
  running.push(started);
  return started;
};

afterAll(async () => {
  for (const { child, ended } of running) {
    if (child.exitCode === null) child.kill('SIGKILL');
    await ended;
  }
  rmSync(root, { recursive: true, force: true });
});

/** It went well, said so, and left nothing running. */
async function expectDone(process: DemoProcess, { code, output }: DemoEnd): Promise<void> {
  expect(code, output).toBe(0);
  expect(output).toMatch(AGREE);
  expect(process.addresses.length).toBeGreaterThanOrEqual(3);
  for (const address of process.addresses) expect(await answers(address), JSON.stringify(address)).toBe(false);
}

test('an option that it does not have is refused before anything is started', { timeout: MINUTES }, async () => {
  const { code, output } = await demo('wrong', '--lake', 'ftp').ended;
  expect(code, output).toBe(2);
  expect(output).toContain('Allowed choices are file, s3');
  expect(output).not.toContain('== Servers');
});

await describeWith(['temporal', 'postgres', 'mongodb'], 'npm run demo', () => {
  test.skipIf(!fullRun)(
    `fourteen days, and the warehouse agrees with the sources${why}`,
    { timeout: 10 * MINUTES },
    async () => {
      const first = demo('days', ...ROWS);
      const end = await first.ended;
      await expectDone(first, end);
      const titles = [...end.output.matchAll(/^== (.*)$/gm)].map((match) => match[1]);
      expect(titles).toEqual([
        'Servers',
        'Days 1 to 11',
        'Day 12: 2026-11-12, and its nightly run',
        'Day 13: 2026-11-13, and its nightly run',
        'Day 14: 2026-11-14, and its nightly run',
        'What there is',
        'Net revenue by day and country of the merchant, from the warehouse',
        'What it took',
        'Where to look',
      ]);
      expect(end.output).not.toContain('Everything was there');
    },
  );

  test.skipIf(!fullRun)(
    `a second time it finds everything; --reset begins anew${why}`,
    { timeout: 20 * MINUTES },
    async () => {
      const again = demo('days', ...ROWS);
      const second = await again.ended;
      await expectDone(again, second);
      expect(second.output).toContain('Everything was there: running it again changed nothing.');
      const anew = demo('days', ...ROWS, '--reset');
      const third = await anew.ended;
      await expectDone(anew, third);
      expect(third.output).not.toContain('Everything was there');
    },
  );

  test.skipIf(!fullRun)(`with its lake on S3${why}`, { timeout: 10 * MINUTES }, async () => {
    const process = demo('s3', ...ROWS, '--lake', 's3');
    const end = await process.ended;
    await expectDone(process, end);
    expect(end.output).toMatch(/Lake +s3:\/\//);
  });

  test.skipIf(!fullRun)(`Ctrl-C ends everything it started${why}`, { timeout: 10 * MINUTES }, async () => {
    const process = demo('stopped', '--rows', '40', '--act', 'days');
    await process.printed('rows read');
    const { addresses } = process;
    expect(await Promise.all(addresses.map(answers))).toEqual(addresses.map(() => true));
    process.child.kill('SIGINT');
    expect((await process.ended).code).toBe(130);
    expect(await Promise.all(addresses.map(answers))).toEqual(addresses.map(() => false));
  });

  test.skipIf(!fullRun)(
    `the world shifts, and a better model serves; a second time nothing is left to do${why}`,
    { timeout: 20 * MINUTES },
    async () => {
      const process = demo('model', '--exit', '--act', 'model');
      const { code, output } = await process.ended;
      expect(code, output).toBe(0);
      expect(output).toMatch(/^ {2}features: .*payment_method/m);
      const [, before, after] = /average precision +([\d.]+) +([\d.]+)/.exec(output)!;
      expect(Number(after)).toBeGreaterThan(Number(before));
      for (const name of ['Model report', 'Drift report']) {
        const place = new RegExp(`${name} +(/.*)`).exec(output)![1]!;
        expect(existsSync(place), place).toBe(true);
      }
      expect(readFileSync(/Model report +(.*)/.exec(output)![1]!, 'utf8')).toContain('Version 2 is in use');
      const second = await demo('model', '--exit', '--act', 'model').ended;
      expect(second.code, second.output).toBe(0);
      expect(second.output).toContain('It was trained again already.');
      expect(second.output).toContain('0 payments of 0 days scored');
    },
  );
});
