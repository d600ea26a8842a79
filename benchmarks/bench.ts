/** What `npm run bench -- <name>` runs; each file exports `main(args)` and prints its figures. */
const BENCHMARKS = {
  planning: { file: './planning.ts', about: 'planning of 10,000 partitions x 50 tables in a cold process' },
  extract: { file: './extract.ts', about: 'PostgreSQL and MongoDB to Parquet, beside a plain copy' },
  nightly: { file: './nightly/nightly.ts', about: 'a nightly of a day with a million payments, beside a plain script' },
  history: {
    file: './history/history.ts',
    about: 'history of a million customers x 5 versions, beside a window query',
  },
  fraud: { file: './fraud/fraud.ts', about: 'training on the Fraud Detection Handbook, beside Python LightGBM' },
  drift: { file: './drift.ts', about: 'drift of fifteen columns of two million rows beside two million' },
  warehouse: {
    file: './warehouse/warehouse.ts',
    about: 'three years of facts into DuckDB, then one day, beside plain SQL',
  },
  clone: { file: './clone.ts', about: 'git clone to the first result; only when named: it needs network and time' },
} as const;

type Name = keyof typeof BENCHMARKS;
const ONLY_BY_NAME: readonly string[] = ['clone'];

/** @returns the process's exit code */
export async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name !== undefined && !(name in BENCHMARKS)) {
    console.error(`There is no benchmark ${name}. There are:`);
    for (const [known, { about }] of Object.entries(BENCHMARKS)) console.error(`  ${known.padEnd(9)} ${about}`);
    return 2;
  }
  const all = Object.keys(BENCHMARKS).filter((known) => !ONLY_BY_NAME.includes(known));
  for (const each of (name === undefined ? all : [name]) as Name[]) {
    const { file, about } = BENCHMARKS[each];
    console.log(`\n== ${each}: ${about}`);
    const { main: run } = (await import(file)) as { main: (args: readonly string[]) => Promise<unknown> };
    await run(args);
  }
  return 0;
}
