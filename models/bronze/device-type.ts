import { cursor, key, source, text, timestamp } from '../../core/builders.ts';
import { oltp, oltpClock } from '../sources.ts';

export const bronzeDeviceType = source({
  name: 'bronze.device_type',
  description: 'Kinds of device.',
  owner: 'reference data',
  source: oltp,
  relation: 'public.device_type',
  extraction: cursor('updated_at', oltpClock),
  columns: {
    name: key(text()).describe('mobile, desktop or tablet'),
    updated_at: timestamp().describe('Last change'),
  },
});
