import { VARIABLES } from './settings.variables.ts';

/** Defaults that depend on the machine, in words. */
const IN_WORDS: Partial<Record<keyof typeof VARIABLES, string>> = {
  STRATA_DUCKDB_MEMORY: 'half of the machine, shared by the builds',
  STRATA_DUCKDB_THREADS: 'the processors',
  STRATA_TEMP: "the system's folder for temporary files",
  STRATA_BUILDS: 'the processors, at least 2',
};

/** The settings as the README shows them: a Markdown table. */
export function settingsTable(): string {
  const rows = Object.entries(VARIABLES).map(([name, { about, valid, also, ...rest }]) => {
    const byDefault =
      IN_WORDS[name as keyof typeof VARIABLES] ?? ('byDefault' in rest ? rest.byDefault : undefined) ?? '';
    const names = [name, ...(also ?? [])].map((n) => `\`${n}\``).join(' or ');
    return `| ${names} | ${about} | ${valid} | ${byDefault} |`;
  });
  return ['| variable | what it is | valid | default |', '|---|---|---|---|', ...rows].join('\n');
}
