import type { Socket } from 'node:net';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { textRows } from '../oracle/text-query.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { ownFolder, ownServices } from '../services/own.services.ts';
import { TcpProxy } from '../tcp-proxy.ts';
import { until } from '../workflows/until.ts';
import { figure } from './figures.ts';
import { Journal, TABLES } from './journal.ts';
import { retrying } from './runs.ts';
import { expectSameRows } from './text-rows.ts';

/** The name under which programs know their database server, whichever it is. */
class ServerName extends TcpProxy {
  static of(target: string): Promise<ServerName> {
    return new ServerName(target).listen();
  }

  protected override pass(client: Socket, server: Socket): void {
    client.pipe(server).pipe(client);
  }
}

/** Moves the server's log to its next file: 16 MiB further. */
const ADVANCE = "select pg_logical_emit_message(false, 'test', 'something to write'); select pg_switch_wal()";

await describeWith(['temporal', 'postgres'], 'a source restored from a dump', (addresses) => {
  test('is refused while it counts from lower numbers, and loses nothing once it does not', {
    timeout: 5 * MINUTES,
  }, async () => {
    const name = await ServerName.of(addresses.postgresUrl);
    onTestFinished(() => name.close());
    const journal = await Journal.open({ ...addresses, postgresUrl: name.url });
    onTestFinished(() => journal.close());
    await journal.startWorker();
    await journal.db.query("insert into entry (account, amount) values ('a', 1.00), ('b', 2.00)");
    for (let n = 0; n < 4; n++) await journal.db.query(ADVANCE);
    await journal.run();

    const restored = await restore(journal, addresses.postgresUrl);
    await restored.query("update entry set amount = 61.00 where account = 'a'");
    name.leadTo(restored.url);
    const run = journal.run();
    const refused = await until(async () => Object.values(await retrying(journal))[0]);
    figure('a source that went back says', refused.split('\n'));
    expect(refused).toMatch(/^bronze\.entry: the source is at position \d+, .* before at \d+: it went back/);
    expect(refused).toContain('docs/operations.md');

    // As `pg_resetwal -l` does it at once.
    const [seen] = /(?<=before at )\d+/.exec(refused)!;
    const isBehind = `select pg_current_wal_lsn() - '0/0' <= ${seen} as behind`;
    while ((await restored.query(isBehind)).rows[0].behind) await restored.query(ADVANCE);
    await run;
    const entries = await textRows(restored, 'select * from entry');
    expect(entries.map(({ amount }) => amount).sort()).toEqual(['2.00', '61.00']);
    const silver = await (await journal.lake()).rows('silver.entry');
    const columns = Object.keys(entries[0]!);
    expectSameRows(
      'silver.entry',
      silver.map((row) => Object.fromEntries(columns.map((column) => [column, row[column] ?? null]))),
      entries,
    );
  });
});

/** A new server with the journal's database as a dump would bring it, times included. */
async function restore(journal: Journal, oldServer: string): Promise<pg.Client & { url: string }> {
  const { addresses } = await ownServices({ want: ['postgres'], dataDir: ownFolder() });
  const { pathname: database } = new URL(journal.url);
  const { password } = new URL(oldServer);
  const server = new pg.Client({ connectionString: addresses.postgresUrl });
  await server.connect();
  await server.query(`alter user postgres password '${password}'`);
  await server.query(`create database ${database.slice(1)}`);
  await server.end();
  const url = new URL(addresses.postgresUrl);
  url.password = password;
  url.pathname = database;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  // Before the server is stopped, which is done after the test too, in reverse order.
  onTestFinished(() => client.end());
  await client.query(TABLES);
  await client.query('alter table entry disable trigger stamp');
  for (const { id, account, amount, updated_at } of await journal.entries()) {
    await client.query('insert into entry overriding system value values ($1, $2, $3, $4)', [
      id,
      account,
      amount,
      updated_at,
    ]);
  }
  await client.query('alter table entry enable trigger stamp');
  return Object.assign(client, { url: url.href });
}
