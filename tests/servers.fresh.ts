import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import pg from 'pg';
import { SEARCH_ATTRIBUTES } from '../services/temporal.server.ts';

// All test files of a run share the servers; each works in a corner of its own, made here.

/** A name that no other test uses: for MongoDB databases, bucket prefixes, environments, task queues. */
export function freshName(what: string): string {
  return `${what}_${randomUUID().slice(0, 8)}`;
}

/** The URL of a new, empty PostgreSQL database. */
export async function freshPostgres(postgresUrl: string): Promise<string> {
  const database = freshName('test');
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  await client.query(`CREATE DATABASE ${database}`);
  await client.end();
  const url = new URL(postgresUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

/** A new Temporal namespace with Strata's search attributes; resolves when it can be used. */
export async function freshNamespace(temporal: string): Promise<string> {
  const namespace = freshName('test').replace('_', '-');
  const connection = await Connection.connect({ address: temporal });
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    const keyword = 2;
    const searchAttributes = Object.fromEntries(SEARCH_ATTRIBUTES.map((name) => [name, keyword]));
    // The server caches its list of namespaces, so for a moment it does not know the new one.
    for (let attempt = 0; ; attempt++) {
      try {
        await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
        return namespace;
      } catch (error) {
        if (attempt === 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  } finally {
    await connection.close();
  }
}
