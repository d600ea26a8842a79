import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Option } from 'commander';
import type { Settings } from '../../config/settings.ts';
import { StrataError } from '../../core/errors.ts';
import { suggestion } from '../../core/suggest.ts';
import { formatQuery, QUERY_FORMATS, type QueryFormat } from '../../warehouse/query-format.ts';
import type { QueryResult } from '../../warehouse/warehouse.ts';
import type { Register } from '../cli.ts';
import type { Context } from '../context.ts';
import { wholeNumber } from '../option-values.ts';

const FORMATS = [...QUERY_FORMATS, 'parquet', 'arrow'] as const;
type Format = QueryFormat | 'parquet' | 'arrow';

interface QueryCommandOptions {
  readonly file?: string;
  readonly format: Format;
  readonly warehouse?: string;
  readonly maxRows?: number;
}

export const query: Register = (parent, cli) => {
  parent
    .command('query [sql]')
    .description('ask the warehouse one question, read-only; --json gives an array of rows')
    .option('--file <path>', 'file with the SQL; - reads standard input')
    .addOption(new Option('--format <format>', 'how rows are printed').choices(FORMATS).default('table'))
    .option('--warehouse <name>', 'default: the only one there is, or the one called analytics')
    .option('--max-rows <n>', 'most rows to print (default 10000)', wholeNumber)
    .action(
      cli.action<[string | undefined], QueryCommandOptions>(async (context, [given], options) => {
        const { openWarehouse } = await import('../../workers/open-warehouse.ts');
        const sql = await readSql(given, options.file);
        const name = options.warehouse ?? defaultWarehouse(context);
        const setting = context.settings.warehouses[name];
        if (!setting) throw unknownWarehouse(name, Object.keys(context.settings.warehouses));
        const { memoryLimit, threads } = context.settings.duckdb;
        const warehouse = await openWarehouse(setting, context.settings, { memoryLimit, threads });
        const result = await warehouse.query(sql, options.maxRows === undefined ? {} : { maxRows: options.maxRows });
        context.out.raw(await printed(result, context.out.json ? 'json' : options.format, context.settings));
        if (result.truncated) context.out.note(`only the first ${result.rows.length} rows; --max-rows gives more`);
        return undefined;
      }),
    );
};

async function printed(result: QueryResult, format: Format, settings: Settings): Promise<string | Uint8Array> {
  if (format === 'arrow') return (await import('../../warehouse/arrow-format.ts')).formatArrow(result);
  if (format !== 'parquet') return `${formatQuery(result, format)}\n`;
  const { formatParquet } = await import('../../warehouse/parquet-result.ts');
  const { memoryLimit, threads } = settings.duckdb;
  return formatParquet(result, { memoryLimit, threads }, settings.temp);
}

async function readSql(given: string | undefined, file: string | undefined): Promise<string> {
  if ((given === undefined) === (file === undefined)) {
    throw new StrataError('bad_input', 'Give the SQL as an argument or with --file, one of them', {
      hint: 'For example: strata query "select count(*) from fact_payment"',
    });
  }
  if (given !== undefined) return given;
  try {
    // Not /dev/stdin: what a program hands over may be a socket, which cannot be opened.
    return await (file === '-' ? text(process.stdin) : readFile(file!, 'utf8'));
  } catch (cause) {
    throw new StrataError('bad_input', 'The SQL file cannot be read', { where: file!, cause });
  }
}

function defaultWarehouse({ settings }: Context): string {
  const names = Object.keys(settings.warehouses);
  return names.length === 1 ? names[0]! : 'analytics';
}

function unknownWarehouse(name: string, valid: readonly string[]): StrataError {
  if (valid.length > 0) {
    return new StrataError('bad_input', `Unknown warehouse: ${name}`, { hint: suggestion(name, valid) });
  }
  return new StrataError('bad_settings', 'No warehouse is configured', {
    hint: `Set STRATA_WAREHOUSE_${name.toUpperCase()}=duckdb:///absolute/file.duckdb or snowflake, or start \`npx strata dev\`.`,
  });
}
