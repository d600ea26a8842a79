type Row = Record<string, string | null>;

const DAY_MILLIS = 86_400_000;
const NAMED = { month: 'long', weekday: 'long', timeZone: 'UTC' } as const;
const words = new Intl.DateTimeFormat('en', NAMED);

/** dim_date, by JavaScript's calendar: every day of 2020 to 2035 and the two members for days that are none. */
export function calendar(): Row[] {
  const days: Row[] = [];
  for (let at = Date.UTC(2020, 0, 1); at < Date.UTC(2036, 0, 1); at += DAY_MILLIS) days.push(dayRow(new Date(at)));
  return [...days, member('-1', 'unknown'), member('-2', 'not applicable')];
}

const iso = (date: Date): string => date.toISOString().slice(0, 10);

function dayRow(date: Date): Row {
  const weekday = date.getUTCDay() || 7;
  const month = date.getUTCMonth() + 1;
  const parts = Object.fromEntries(words.formatToParts(date).map(({ type, value }) => [type, value]));
  // A week belongs to the year of its Thursday.
  const thursday = new Date(date.getTime() + (4 - weekday) * DAY_MILLIS);
  const isoYear = thursday.getUTCFullYear();
  return {
    date_key: iso(date).replaceAll('-', ''),
    full_date: iso(date),
    year: String(date.getUTCFullYear()),
    quarter: String(Math.ceil(month / 3)),
    month: String(month),
    month_name: parts.month!,
    day_of_month: String(date.getUTCDate()),
    day_of_week: String(weekday),
    day_name: parts.weekday!,
    iso_year: String(isoYear),
    iso_week: String(1 + Math.floor((thursday.getTime() - Date.UTC(isoYear, 0, 1)) / (7 * DAY_MILLIS))),
    week_start: iso(new Date(date.getTime() - (weekday - 1) * DAY_MILLIS)),
    month_start: `${iso(date).slice(0, 8)}01`,
    is_weekend: String(weekday >= 6),
  };
}

const member = (key: string, label: string): Row => ({
  ...{ date_key: key, full_date: null, year: null, quarter: null, month: null, month_name: label, day_of_month: null },
  ...{ day_of_week: null, day_name: label, iso_year: null, iso_week: null, week_start: null, month_start: null },
  is_weekend: null,
});
