import { bigint, boolean, dataset, key, text } from '../../core/builders.ts';
import { deviceType } from '../silver/device-type.ts';
import { mention } from '../silver/mention.ts';
import { dimensionChecks } from './dimension.checks.ts';

export const dimDevice = dataset({
  name: 'gold.dim_device',
  description:
    'One row per kind of device; those only mentioned so far are inferred. Unknown is -1, not applicable -2.',
  owner: 'analytics',
  inputs: { device_type: deviceType, mention: mention.all() },
  sql: 'dimensions/dim_device.sql',
  columns: {
    device_key: key(bigint()).describe('Surrogate key; -1 unknown, -2 not applicable'),
    device_type: text().describe('mobile, desktop or tablet'),
    is_inferred: boolean().describe('Mentioned, but not in the source yet'),
  },
  checks: dimensionChecks('device_key'),
});
