/** One side of one load in a process of its own, so that its memory is its own: `strata|plain whole|day <warehouse> <facts>`. */
import { DuckDBInstance } from '@duckdb/node-api';
import { ident, literal } from '../../engine/sql-text.ts';
import { openDuckdbWarehouse } from '../../warehouse/duckdb-warehouse.ts';
import { processFigures } from '../figures.ts';
import { COLUMNS, DAYS, dayFile, dayName, factOf, SESSION } from './fact.data.ts';

const [side, load, path, facts] = process.argv.slice(2) as ['strata' | 'plain', 'whole' | 'day', string, string];
const days = load === 'whole' ? Array.from({ length: DAYS }, (_, i) => i) : [DAYS - 1];

async function strata(): Promise<void> {
  const warehouse = await openDuckdbWarehouse({ path, schema: 'dev', session: SESSION });
  const [fromCut, toCut] = load === 'whole' ? [null, 1] : [1, 2];
  const table = { ...factOf(facts, days), ...(load === 'whole' && { full: true }) };
  await warehouse.publish({ pipeline: 'bench', fromCut, toCut, tables: [table] });
}

async function plain(): Promise<void> {
  const instance = await DuckDBInstance.create(path, {
    memory_limit: SESSION.memoryLimit,
    threads: String(SESSION.threads),
  });
  const connection = await instance.connect();
  const types = COLUMNS.map((c) => `${ident(c.name)} ${c.sqlType}`).join(', ');
  const names = COLUMNS.map((c) => ident(c.name)).join(', ');
  const files = days.map((index) => literal(dayFile(facts, index))).join(', ');
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run('BEGIN');
  if (load === 'whole') await connection.run(`CREATE TABLE fact_payment (${types})`);
  else await connection.run(`DELETE FROM fact_payment WHERE event_date = ${literal(dayName(DAYS - 1))}`);
  await connection.run(`INSERT INTO fact_payment SELECT ${names} FROM read_parquet([${files}])`);
  await connection.run('COMMIT');
  await connection.run('CHECKPOINT');
  connection.closeSync();
  instance.closeSync();
}

const started = performance.now();
await (side === 'strata' ? strata() : plain());
const seconds = (performance.now() - started) / 1000;
const { peakMiB, cpuSeconds } = processFigures(process.pid);
console.log(JSON.stringify({ seconds, peakMiB, cpuSeconds }));
