import { audit, type Check, unique } from '../../core/builders.ts';

/** What every dimension without history promises: one row per key, and the two members that facts may point at. */
export const dimensionChecks = (key: string): Check[] => [
  unique(key),
  audit(
    'the members for unknown and not applicable are there',
    `SELECT count(*) AS members FROM {{this}} WHERE ${key} IN (-1, -2) HAVING count(*) <> 2`,
  ),
];
