import { InvalidArgumentError } from 'commander';

/** For options that count something. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d{1,6}$/.test(text) && value >= 1) return value;
  throw new InvalidArgumentError('Give a whole number from 1.');
}

/** For options that may be given again, or hold several names with commas. */
export function list(text: string, before: readonly string[] = []): string[] {
  const names = text.split(',').map((name) => name.trim());
  return [...before, ...names.filter((name) => name !== '')];
}

/** For options that may be given again, each value as it is. */
export const collect = (text: string, before: readonly string[]): string[] => [...before, text];
