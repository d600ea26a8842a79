import { cursor, json, key, pii, source, text, timestamp } from '../../core/builders.ts';
import { app, appClock } from '../sources.ts';

/** Fields come in any type, so they are kept as JSON: silver decides what is valid. */
export const bronzeMlFeature = source({
  name: 'bronze.ml_feature',
  description: 'Feature values by entity and time, for serving online.',
  owner: 'fraud',
  source: app,
  relation: 'ml_feature',
  extraction: cursor('updated_at', appClock),
  sourceColumns: { id: '_id' },
  columns: {
    id: key(text()).describe('ObjectId, 24 hexadecimal digits'),
    entity: pii.json('identifier').nullable().describe('`customer:<uuid>` or `merchant:<uuid>`'),
    time: json().nullable().describe('Until when events are counted: date or ISO 8601 string'),
    features: json().nullable().describe('{name: number}'),
    updated_at: timestamp().describe('Last write, by the storage gateway'),
  },
});
