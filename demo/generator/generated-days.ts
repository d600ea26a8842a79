import type pg from 'pg';
import { DAY, dateOf } from './simulated-time.ts';
import type { World } from './world.ts';

interface GeneratedDay {
  day: string;
  seed: string;
  start: string;
  rows_per_day: number;
  shift_from: string | null;
}

const RECORDED = `
  select to_char(day, 'YYYY-MM-DD') as day, seed, to_char(start, 'YYYY-MM-DD') as start, rows_per_day,
    to_char(shift_from, 'YYYY-MM-DD') as shift_from
  from simulation.generated_day order by day`;

/**
 * Whether `day` was written before. Throws when another seed, start or size wrote this database, or when the day before is missing:
 * days follow from each other.
 */
export async function isGenerated(client: pg.Client, world: World, day: number): Promise<boolean> {
  const days = await generatedDays(client, world);
  if (day < days) return true;
  const date = (number: number) => dateOf(world.start + number * DAY);
  if (day > days) throw new Error(`day ${date(day)} cannot be generated yet: the next day is ${date(days)}`);
  return false;
}

/** How many days are there. Throws when another seed, start, size or shift wrote one of them. */
export async function generatedDays(client: pg.Client, world: World): Promise<number> {
  const { rows } = await client.query<GeneratedDay>(RECORDED);
  const start = dateOf(world.start);
  const other = rows.find(
    (row) =>
      Number(row.seed) !== world.seed ||
      row.start !== start ||
      row.rows_per_day !== world.rowsPerDay ||
      shiftBy(row.day, row.shift_from) !== shiftBy(row.day, shiftFrom(world)),
  );
  if (other) {
    const shift = other.shift_from === null ? '' : `, a shift from ${other.shift_from}`;
    throw new Error(
      `this database was generated with seed ${other.seed}, start ${other.start}, ${other.rows_per_day} rows a day${shift}; ` +
        'continue with these, or start with an empty database',
    );
  }
  return rows.length;
}

/** A shift that had not begun on `day` did not matter to it: it may still be announced, moved or called off. */
function shiftBy(day: string, from: string | null): string | null {
  return from !== null && from <= day ? from : null;
}

function shiftFrom(world: World): string | null {
  return Number.isFinite(world.shiftDay) ? dateOf(world.start + world.shiftDay * DAY) : null;
}

export async function recordGenerated(client: pg.Client, world: World, day: number): Promise<void> {
  await client.query(
    'insert into simulation.generated_day (day, seed, start, rows_per_day, shift_from) values ($1, $2, $3, $4, $5)',
    [dateOf(world.start + day * DAY), world.seed, dateOf(world.start), world.rowsPerDay, shiftFrom(world)],
  );
}
