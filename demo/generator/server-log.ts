import type { StoredDocument } from './app-customer.ts';
import { dirtSlot, documentOf, MISSING, NUMBER_FORMS, objectIdAt, TIME_FORMS } from './document-dirt.ts';
import { Random } from './random.ts';
import { DAY, type Micros } from './simulated-time.ts';
import { dayStart, STREAM, type World } from './world.ts';

const USERS = ['admin', 'developer', 'readonlyuser', 'strata_reader', "o'neil"] as const;
const DATABASES = ['stripe', 'stripe', 'stripe', 'postgres', 'analytics'] as const;
const PROGRAMS = ['psql', 'checkout', 'back office', 'pgAdmin 4 - "DB:stripe"', ''] as const;
const FAULTS = [
  ['ERROR', '42P01', 'relation "transactions" does not exist', 'select * from transactions;'],
  [
    'ERROR',
    '23505',
    'duplicate key value violates unique constraint "customer_user_name_key"',
    'insert into customer ...',
  ],
  ['WARNING', '01000', 'there is already a transaction in progress', 'begin'],
  ['FATAL', '57P01', 'terminating connection due to administrator command', null],
] as const;
const ODD_LINES: Readonly<Record<number, unknown>> = { 0: MISSING, 1: null, 2: [], 3: { 0: 'an object' }, 4: 'a line' };
const ODD_TIMES = Object.fromEntries(Object.values(TIME_FORMS).map((form, position) => [10 + position, form]));
const MOST_LINES = 6;

/** What the database servers logged on `day`: a document for each session. */
export function* serverLogsOf(world: World, day: number): Generator<StoredDocument> {
  for (let index = 0; index < world.logsPerDay; index++) yield serverLog(world, day, index);
}

function serverLog(world: World, day: number, index: number): StoredDocument {
  const random = new Random(world.seed, STREAM.log, day, index);
  const slot = dirtSlot(day, index);
  const at: Micros = dayStart(world, day) + Math.floor(((index + 0.5) / world.logsPerDay) * DAY);
  const millis = Math.floor(at / 1000);
  const lines = Array.from({ length: 1 + random.below(MOST_LINES) }, (_, line) => lineOf(random, millis + line));
  const pid = 1000 + random.below(60_000);
  return documentOf({
    _id: objectIdAt(at, world.seed, STREAM.log, day, index),
    query_id: NUMBER_FORMS.long(random.word()),
    user: slot === 20 ? MISSING : random.pick(USERS),
    dbname: slot === 21 ? null : random.pick(DATABASES),
    pid: slot === 22 ? String(pid) : pid,
    remote_host:
      slot === 23 ? '[local]' : `10.0.${random.below(256)}.${random.below(256)}:${40_000 + random.below(9999)}`,
    session_id: `${Math.floor(millis / 1000).toString(16)}.${pid.toString(16)}`,
    session_start: ODD_TIMES[slot] ? ODD_TIMES[slot](millis) : new Date(millis),
    application_name: random.pick(PROGRAMS),
    lines: slot in ODD_LINES ? ODD_LINES[slot] : lines,
    updated_at: new Date(millis),
  }) as StoredDocument;
}

function lineOf(random: Random, millis: number): Record<string, unknown> {
  const timestamp = new Date(millis);
  if (!random.chance(0.2)) {
    const duration = `duration: ${random.below(90_000) / 1000} ms`;
    return { timestamp, error_severity: 'LOG', message: duration };
  }
  const [error_severity, state_code, message, statement] = random.pick(FAULTS);
  return { timestamp, error_severity, state_code, message, ...(statement === null ? {} : { statement }) };
}
