import type { Settings } from './settings.ts';

/** The settings as `name = value` lines, secrets masked. */
export function printSettings(settings: Settings): string {
  return lines('', JSON.parse(JSON.stringify(settings)) as Record<string, unknown>).join('\n');
}

function lines(prefix: string, values: Record<string, unknown>): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (Array.isArray(value)) return value.length === 0 ? [] : [`${prefix}${name} = ${value.join(', ')}`];
    if (typeof value === 'object' && value !== null)
      return lines(`${prefix}${name}.`, value as Record<string, unknown>);
    return [`${prefix}${name} = ${value}`];
  });
}
