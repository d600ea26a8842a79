import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { RetrainingState } from '../../workflows/messages.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { Bank } from './bank.fixture.ts';

const NOW = '2026-01-03T02:00:00Z';

await describeWith(['temporal', 'postgres', 'mongodb'], 'a retraining with notices', (addresses) => {
  let bank: Bank;

  beforeAll(async () => {
    bank = await Bank.open(addresses);
    await bank.live(1, 2, 'before');
    await bank.withWorker(NOW, { after: undefined }, () => bank.load('2026-01-01', '2026-01-02'));
  }, 3 * MINUTES);

  afterAll(() => bank?.close());

  /** Two days are too few to learn from: it tells twice, that it begins and that it ends, and trains nothing. */
  async function retrained() {
    const written: string[] = [];
    const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    try {
      return await bank.withWorker(NOW, { after: undefined }, async () => {
        const handle = await bank.start('drift_and_retrain', {});
        const { outcome } = await handle.result();
        const { lines } = await handle.query<RetrainingState>('retraining');
        const { events } = await handle.fetchHistory();
        const scheduled = events!.filter(
          (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'notify',
        );
        const failures = events!.flatMap((event) => event.activityTaskFailedEventAttributes?.failure?.message ?? []);
        const notices = lines.filter(({ step }) => step === 'notice').map(({ result }) => result);
        return { outcome, asked: scheduled.length, failures, notices, warnings: written.join('') };
      });
    } finally {
      stderr.mockRestore();
    }
  }

  test('whose address is not set: nobody is told, and that is neither a failure nor a warning', {
    timeout: 2 * MINUTES,
  }, async () => {
    const address = bank.variables.STRATA_WEBHOOK_OPS!;
    delete bank.variables.STRATA_WEBHOOK_OPS;
    expect(await retrained()).toEqual({
      outcome: 'too_little_data',
      asked: 2,
      failures: [],
      notices: [],
      warnings: '',
    });
    expect(bank.told).toEqual([]);
    bank.variables.STRATA_WEBHOOK_OPS = address;
    await retrained();
    expect(bank.told.map(({ event }) => event)).toEqual(['drift', 'too_little_data']);
  });

  test('whose address does not answer: that is said, and changes nothing', { timeout: 2 * MINUTES }, async () => {
    bank.variables.STRATA_WEBHOOK_OPS = 'http://127.0.0.1:1/hook';
    const { outcome, failures, notices, warnings } = await retrained();
    expect({ outcome, notices: notices.length, failures: failures.length }).toEqual({
      outcome: 'too_little_data',
      notices: 2,
      failures: 2,
    });
    for (const text of [...failures, ...notices]) expect(text).toContain('The webhook does not answer');
    expect(warnings).toMatch(/WARN Activity failed notify/);
  });
});
