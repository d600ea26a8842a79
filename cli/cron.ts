import type { CalendarSpec, ScheduleSpecDescription } from '@temporalio/client';
import { StrataError } from '../core/errors.ts';

const DAYS = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const;
const MONTHS = [
  ...['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE'],
  ...['JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'],
] as const;

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

const FIELDS = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12 },
  { name: 'day of week', min: 0, max: 6 },
] as const satisfies readonly Field[];

/** Five lists of numbers: what a cron text matches, however it is written. */
type Times = readonly (readonly number[])[];

/** A cron text as the calendar that Temporal keeps. @throws bad_definition with the field that is wrong */
export function calendarOf(cron: string, pipeline: string): CalendarSpec {
  const [minute, hour, dayOfMonth, month, dayOfWeek] = parse(cron, pipeline) as [
    number[],
    number[],
    number[],
    number[],
    number[],
  ];
  return {
    second: 0,
    minute,
    hour,
    dayOfMonth,
    month: month.map((n) => MONTHS[n - 1]) as never,
    dayOfWeek: dayOfWeek.map((n) => DAYS[n]) as never,
    comment: cron,
  };
}

/** One way of writing for all cron texts that mean the same. */
export const canonicalCron = (cron: string, pipeline: string): string => print(parse(cron, pipeline));

/** What a schedule on the server matches, in the same writing; hand-made parts that no cron can say are named. */
export function cronOnServer({ calendars = [], intervals = [], skip = [] }: ScheduleSpecDescription): string {
  const texts = calendars.map((c) =>
    print([
      numbers(c.minute),
      numbers(c.hour),
      numbers(c.dayOfMonth),
      numbers(c.month, (name) => MONTHS.indexOf(name) + 1),
      numbers(c.dayOfWeek, (name) => DAYS.indexOf(name)),
    ]),
  );
  const every = intervals.map(({ every }) => `every ${every / 1000} s`);
  const except = skip.length > 0 ? [`except ${skip.length} calendar(s)`] : [];
  return [...texts, ...every, ...except].join(' and ') || 'never';
}

function parse(cron: string, pipeline: string): Times {
  const texts = cron.trim().split(/\s+/);
  const wrong = (problem: string) =>
    new StrataError('bad_definition', `The schedule of ${pipeline}, ${JSON.stringify(cron)}, ${problem}`, {
      where: pipeline,
      hint: 'Write five fields in UTC: minute hour day-of-month month day-of-week, such as 0 2 * * *.',
    });
  if (texts.length !== FIELDS.length) throw wrong(`has ${texts.length} fields`);
  const times = FIELDS.map((field, i) => {
    const values = parseField(texts[i]!, field);
    if (values === undefined) throw wrong(`has no valid ${field.name}: ${texts[i]}`);
    return values;
  });
  // Cron would run when one of them matches, Temporal when both do.
  if (restricted(times, 2) && restricted(times, 4)) throw wrong('restricts both day of month and day of week');
  return times;
}

const restricted = (times: Times, i: number): boolean => {
  const { min, max } = FIELDS[i]!;
  return times[i]!.length < max - min + 1;
};

function parseField(text: string, { name, min, max }: Field): number[] | undefined {
  const found = new Set<number>();
  // Sunday is 0 and 7.
  const highest = name === 'day of week' ? 7 : max;
  for (const part of text.split(',')) {
    const [, star, first, last, step] = /^(?:(\*)|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part) ?? [];
    if (star === undefined && first === undefined) return undefined;
    const from = star ? min : Number(first);
    const to = star ? max : last !== undefined ? Number(last) : step !== undefined ? max : from;
    if (from < min || to > highest || from > to || step === '0') return undefined;
    for (let n = from; n <= to; n += Number(step ?? 1)) found.add(n > max ? 0 : n);
  }
  return [...found].sort((a, b) => a - b);
}

function print(times: Times): string {
  return FIELDS.map(({ min, max }, i) => printField(times[i]!, min, max)).join(' ');
}

function printField(values: readonly number[], min: number, max: number): string {
  if (values.length === max - min + 1) return '*';
  const pieces: [number, number][] = [];
  for (const n of values) {
    const last = pieces.at(-1);
    if (last?.[1] === n - 1) last[1] = n;
    else pieces.push([n, n]);
  }
  return pieces.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(',');
}

function numbers<T>(
  ranges: readonly { start: T; end: T; step: number }[],
  numberOf = Number as (value: T) => number,
): number[] {
  const found = new Set<number>();
  for (const { start, end, step } of ranges) {
    const first = numberOf(start);
    for (let n = first; n <= Math.max(first, numberOf(end)); n += Math.max(1, step)) found.add(n);
  }
  return [...found].sort((a, b) => a - b);
}
