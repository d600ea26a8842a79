import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { RunningWorker } from '../../workers/worker.ts';
import { pythonWith } from '../python.ts';
import type { Company } from './company.ts';
import { linesOf, type TextRow } from './text-rows.ts';

const SCRIPT = fileURLToPath(new URL('./read_lake.py', import.meta.url));

/** A Python with both engines, or what is missing. */
export const deltaEngines = () => pythonWith(['deltalake==1.6.6', 'polars==2.1.0']);

interface Content {
  readonly rows: number;
  /** Of the rows' texts, whatever their order. */
  readonly digest: string;
}

/** delta-rs and Polars read every table of the lake and find what Strata's own snapshot holds. @returns rows by table */
export async function expectEnginesAgree(
  python: string,
  company: Company,
  { platform }: RunningWorker,
): Promise<Record<string, number>> {
  const lake = await company.lake();
  const tables = await lake.tables();
  const others = await ask(python, { tables: uris(company, tables), storage: company.storageOptions() });
  const rows: Record<string, number> = {};
  for (const table of tables) {
    const { files } = await platform.lake.table(table).load();
    const ours = contentOf(await lake.rows(table, [...files.values()]));
    expect(others[table], table).toEqual({ deltaRs: ours, polars: ours });
    rows[table] = ours.rows;
  }
  return rows;
}

function uris({ settings }: Company, tables: readonly string[]): Record<string, string> {
  const { env, lake } = settings;
  return Object.fromEntries(tables.map((table) => [table, `${lake.uri}/${env}/${table.replace('.', '/')}`]));
}

function contentOf(rows: readonly TextRow[]): Content {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const lines = linesOf(rows).map(sha256).sort();
  return { rows: rows.length, digest: sha256(lines.join('')) };
}

async function ask(
  python: string,
  question: { tables: Record<string, string>; storage: Record<string, string> | undefined },
): Promise<Record<string, { deltaRs: Content; polars: Content }>> {
  const child = spawn(python, [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(question));
  const answer: Buffer[] = [];
  for await (const part of child.stdout) answer.push(part);
  return JSON.parse(Buffer.concat(answer).toString('utf8'));
}
