/** A process that opens a DuckDB file as the duckdb program does, for reading and writing, and keeps it until it is ended. */
import { DuckDBInstance } from '@duckdb/node-api';

const instance = await DuckDBInstance.create(process.argv[2]);
const connection = await instance.connect();
await connection.run('SELECT 1');
process.stdout.write('held\n');
// The test that started it is gone.
process.stdin.on('end', () => process.exit(5)).resume();
