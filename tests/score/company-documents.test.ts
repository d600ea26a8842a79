import type { Document } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scoreUpdates } from '../../activities/score/score-updates.ts';
import { instant } from '../../core/instant.ts';
import { paymentFraud } from '../../models/fraud/payment-fraud.ts';
import { updateFields } from '../../sources/mongodb/update-fields.ts';
import { openSources, type SourceDatabase, type Sources } from '../demo/sources.fixture.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';

const NOW = instant('2026-11-03T02:00:00Z');

await describeWith(['postgres', 'mongodb'], "the company's documents get their scores", (addresses) => {
  let sources: Sources;
  let database: SourceDatabase;

  beforeAll(async () => {
    sources = await openSources(addresses);
    database = await sources.database();
    const generator = await database.generator({ seed: 42, start: '2026-11-01', rowsPerDay: 1000 });
    await generator.migrate();
    for (const day of ['2026-11-01', '2026-11-02']) await generator.advanceDay(day);
  }, MINUTES);
  afterAll(() => sources?.close());

  test('also those whose payment is written in capitals; what names no payment is left alone', async () => {
    const scoring = paymentFraud.scoring!;
    const transactions = database.db.collection(scoring.collection);
    const before = await transactions.find({}).toArray();
    const { rows } = await database.client.query<{ id: string }>('SELECT id FROM transaction');
    const ids = new Set(rows.map(({ id }) => id));
    const names = (document: Document) => ids.has(String(document.transaction_id).toLowerCase());
    expect(before.filter((document) => names(document) && !ids.has(document.transaction_id)).length).toBeGreaterThan(0);
    expect(before.filter(({ transaction_id: id }) => String(id).startsWith('tx-')).length).toBeGreaterThan(0);

    const score = { score: 0.25, decision: 'alert', decided_by: 'card testing', reasons: '[{"feature":"amount_eur"}]' };
    const scored = rows.map(({ id }) => ({ event_key: id, ...score, model_version: 3 }));
    const updates = scoreUpdates(scored, scoring, paymentFraud.model);
    const url = new URL(addresses.mongodbUrl);
    url.pathname = `/${database.name}`;
    const connection = { name: 'app', url: url.href };
    const { collection, key } = scoring;
    const put = () =>
      updateFields(connection, { collection, key, updates, now: NOW, signal: new AbortController().signal });
    const named = before.filter((document) => names(document)).length;
    expect(await put()).toEqual({ changed: named, missing: rows.length - named });
    expect(await put()).toEqual({ changed: 0, missing: rows.length - named });

    const after = new Map((await transactions.find({}).toArray()).map((document) => [String(document._id), document]));
    for (const document of before) {
      const now = after.get(String(document._id));
      if (!names(document)) expect(now).toEqual(document);
      else {
        expect(now).toEqual({
          ...document,
          anomalyScore: 0.25,
          isFraud: true,
          decidedBy: 'card testing',
          anomalyReasons: [{ feature: 'amount_eur' }],
          scoredBy: 'payment_fraud 3',
          updated_at: new Date('2026-11-03T02:00:00Z'),
        });
      }
    }
  });
});
