import { DuckDBInstance } from '@duckdb/node-api';

export interface Seen {
  /** Pipeline -> cut, from the ledger. */
  readonly cuts: Readonly<Record<string, number>>;
  readonly generation: number;
  /** How many publications the file remembers. */
  readonly publications: number;
  /** Table -> its rows as text, sorted. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
}

/** Reads a warehouse file as any DuckDB user would, without Strata. */
export async function readWarehouse(path: string, schema = 'dev'): Promise<Seen> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson() as (string | null)[][];
  try {
    const cuts = await rows(`SELECT pipeline, cut FROM _strata.publication WHERE schema_name = '${schema}'`);
    const tables: Record<string, string[]> = {};
    const names = await rows(`SELECT table_name FROM duckdb_tables() WHERE schema_name = '${schema}' ORDER BY 1`);
    for (const [name] of names) {
      tables[name!] = (await rows(`SELECT * FROM "${schema}"."${name}" ORDER BY ALL`)).map((row) => row.join('|'));
    }
    const [[generation, publications]] = (await rows('SELECT max(generation), count(*) FROM _strata.generation')) as [
      [string, string],
    ];
    return {
      cuts: Object.fromEntries(cuts.map(([pipeline, cut]) => [pipeline, Number(cut)])),
      generation: Number(generation),
      publications: Number(publications),
      tables,
    };
  } finally {
    connection.disconnectSync();
    instance.closeSync();
  }
}
