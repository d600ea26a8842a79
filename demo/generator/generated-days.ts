import type pg from 'pg';
import { DAY, dateOf } from './simulated-time.ts';
import type { World } from './world.ts';

/**
 * Whether `day` was written before. Throws when another seed, start or size wrote this database, or when the day before is missing:
 * days follow from each other.
 */
export async function isGenerated(client: pg.Client, world: World, day: number): Promise<boolean> {
  const { rows } = await client.query<{ day: string; seed: string; start: string; rows_per_day: number }>(
    "select to_char(day, 'YYYY-MM-DD') as day, seed, to_char(start, 'YYYY-MM-DD') as start, rows_per_day from simulation.generated_day order by day",
  );
  const start = dateOf(world.start);
  const other = rows.find(
    (row) => Number(row.seed) !== world.seed || row.start !== start || row.rows_per_day !== world.rowsPerDay,
  );
  if (other) {
    throw new Error(
      `this database was generated with seed ${other.seed}, start ${other.start}, ${other.rows_per_day} rows a day; ` +
        'continue with these, or start with an empty database',
    );
  }
  const date = dateOf(world.start + day * DAY);
  if (rows.some((row) => row.day === date)) return true;
  const next = dateOf(world.start + rows.length * DAY);
  if (date !== next) throw new Error(`day ${date} cannot be generated yet: the next day is ${next}`);
  return false;
}

export async function recordGenerated(client: pg.Client, world: World, day: number): Promise<void> {
  await client.query('insert into simulation.generated_day (day, seed, start, rows_per_day) values ($1, $2, $3, $4)', [
    dateOf(world.start + day * DAY),
    world.seed,
    dateOf(world.start),
    world.rowsPerDay,
  ]);
}
