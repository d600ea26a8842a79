import { StrataError } from '../core/errors.ts';
import type { Session } from '../engine/session.ts';
import { ident } from '../engine/sql-text.ts';
import type { ObserveInput } from './observe.ts';
import { ALL_STAGED, differs } from './observe-cursor.ts';

/**
 * What a snapshot of the whole table says that bronze's head (the newest version of each key) does not: new and changed
 * rows, and a row with `_op = 'd'` and its last known values for a key that is gone.
 */
export async function differencesFromHead(input: ObserveInput, hasExisting: boolean): Promise<string> {
  const { session, dataset } = input;
  if (dataset.key.length === 0) {
    throw new StrataError('bad_definition', `${dataset.name} is read by snapshot, so it needs a key`, {
      where: dataset.name,
    });
  }
  if (!hasExisting) return ALL_STAGED;
  // An older look can say nothing about a newer head.
  if (await isOlder(session)) return 'SELECT * FROM staged WHERE false';
  const keys = dataset.key.map(ident);
  await session.run(
    `CREATE OR REPLACE TEMP TABLE head AS SELECT * FROM existing QUALIFY row_number() OVER (PARTITION BY ${keys.join(', ')} ORDER BY _position DESC) = 1`,
  );
  await refuseMassDeletion(input, keys);
  const using = keys.join(', ');
  const on = keys.map((k) => `s.${k} = h.${k}`).join(' AND ');
  // An empty table names no position and no time of its own: the caller refuses it unless approved, see refuseMassDeletion.
  const look = `(SELECT max(_position) AS p, max(_observed_at) AS o, max(_partition) AS d FROM staged)`;
  return `SELECT s.* FROM staged s LEFT JOIN head h ON ${on} WHERE h._position IS NULL OR ${differs(dataset, 's', 'h')}
    UNION ALL BY NAME
    SELECT h.* REPLACE ('d' AS _op, look.p AS _position, look.o AS _observed_at, look.d AS _partition)
    FROM (SELECT * FROM head WHERE _op <> 'd') h ANTI JOIN staged USING (${using}), ${look} look`;
}

async function isOlder(session: Session): Promise<boolean> {
  return (
    (await session.value<boolean>(
      'SELECT (SELECT max(_position) FROM staged) < (SELECT max(_position) FROM existing)',
    )) === true
  );
}

async function refuseMassDeletion(input: ObserveInput, keys: readonly string[]): Promise<void> {
  const { session, dataset } = input;
  if (dataset.extraction.kind !== 'snapshot') return;
  const [counts] = await session.rows<{ alive: bigint; gone: bigint }>(
    `SELECT count(*) AS alive, (SELECT count(*) FROM (SELECT * FROM head WHERE _op <> 'd') h ANTI JOIN staged USING (${keys.join(', ')})) AS gone FROM head WHERE _op <> 'd'`,
  );
  const { alive, gone } = counts ?? { alive: 0n, gone: 0n };
  const stagedRows = await session.value<bigint>('SELECT count(*) FROM staged');
  const share = alive === 0n ? 0 : Number(gone) / Number(alive);
  if (share <= dataset.extraction.holdAbove || (input.deletionsApproved && stagedRows !== 0n)) return;
  throw new StrataError(
    'held',
    `${dataset.name}: this snapshot would delete ${gone} of ${alive} rows (${Math.round(share * 100)} %), more than ${dataset.extraction.holdAbove * 100} %`,
    {
      where: `${dataset.source.system} ${dataset.source.name}, ${dataset.relation}`,
      hint: 'Look at the source. If it is right, raise holdAbove in the dataset; nothing was written.',
    },
  );
}
