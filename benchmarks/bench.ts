interface Benchmark {
  /** Imported only when it runs; `main` prints its figures. */
  readonly load: () => Promise<{ main(args: readonly string[]): Promise<unknown> }>;
  readonly about: string;
  /** Takes network or minutes that nobody expects of `npm run bench`. */
  readonly onlyByName?: true;
}

/** What `npm run bench -- <name>` runs. */
const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  planning: {
    load: () => import('./planning.ts'),
    about: 'planning of 10,000 partitions x 50 tables in a cold process',
  },
  extract: { load: () => import('./extract.ts'), about: 'PostgreSQL and MongoDB to Parquet, beside a plain copy' },
  nightly: {
    load: () => import('./nightly/nightly.ts'),
    about: 'a nightly of a day with a million payments, beside a plain script',
  },
  history: {
    load: () => import('./history/history.ts'),
    about: 'history of a million customers x 5 versions, beside a window query',
  },
  fraud: {
    load: () => import('./fraud/fraud.ts'),
    about: 'training on the Fraud Detection Handbook, beside Python LightGBM',
  },
  drift: {
    load: () => import('./drift.ts'),
    about: 'drift of fifteen columns of two million rows beside two million',
  },
  warehouse: {
    load: () => import('./warehouse/warehouse.ts'),
    about: 'three years of facts into DuckDB, then one day, beside plain SQL',
  },
  clone: { load: () => import('./clone.ts'), about: 'git clone to the first result', onlyByName: true },
};

/** @returns the process's exit code */
export async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name !== undefined && !Object.hasOwn(BENCHMARKS, name)) {
    console.error(`There is no benchmark ${name}. There are:`);
    for (const [known, { about }] of Object.entries(BENCHMARKS)) console.error(`  ${known.padEnd(9)} ${about}`);
    return 2;
  }
  for (const [each, { load, about, onlyByName }] of Object.entries(BENCHMARKS)) {
    if (name === undefined ? onlyByName : each !== name) continue;
    console.log(`\n== ${each}: ${about}`);
    await (await load()).main(args);
  }
  return 0;
}
