import pg from 'pg';
import { datasetsOf } from '../core/graph.ts';
import type { Project } from '../core/project.ts';

export interface NeededSource {
  readonly name: string;
  readonly system: 'postgres' | 'mongodb';
}

/** The sources that a project's datasets name, each once. */
export function sourcesOf(project: Project): NeededSource[] {
  const found = new Map<string, NeededSource>();
  for (const dataset of datasetsOf(project)) {
    if (dataset.kind === 'source') found.set(dataset.source.name, dataset.source);
  }
  return [...found.values()];
}

/** The address of a database named after the source, on a development server. */
export function databaseUrl(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

/** Makes the database where it is missing; its tables are the source's own business. */
export async function ensurePostgresDatabase(server: string, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}
