/** The company's launch; its clock is not the machine's. */
export const LAUNCH = '2026-11-01';

const DAY = 86_400_000;

/** The n-th day of the company, from 1 on, as YYYY-MM-DD. */
export const dayNumber = (n: number, launch = LAUNCH): string =>
  new Date(Date.parse(launch) + (n - 1) * DAY).toISOString().slice(0, 10);

/** When the n-th day's nightly runs: two o'clock of the next morning. */
export const nightAfter = (n: number, launch = LAUNCH): string => `${dayNumber(n + 1, launch)}T02:00:00Z`;
