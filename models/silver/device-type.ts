import { dataset, key, merge, text, timestamp, unique } from '../../core/builders.ts';
import { bronzeDeviceType } from '../bronze/device-type.ts';

export const deviceType = dataset({
  name: 'silver.device_type',
  description: 'One row per kind of device, as it stands now.',
  owner: 'reference data',
  inputs: { raw: bronzeDeviceType },
  sql: 'silver/device_type.sql',
  write: merge({ latestBy: 'updated_at' }),
  columns: {
    device_type: key(text()).describe('mobile, desktop or tablet'),
    updated_at: timestamp().describe('Last change in the source'),
  },
  checks: [unique('device_type')],
});
