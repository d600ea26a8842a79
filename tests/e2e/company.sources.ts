import { randomUUID } from 'node:crypto';
import type { Db } from 'mongodb';
import type pg from 'pg';
import type { Generator } from '../../demo/generator/generator.ts';
import { ensureReaderLogin } from '../../demo/oltp/reader-login.ts';
import type { AddressesFor } from '../../services/service.types.ts';
import { openSources } from '../demo/sources.fixture.ts';
import { oracleGold } from '../oracle/gold.oracle.ts';
import { oracleSilver } from '../oracle/silver.oracle.ts';
import { VersionLog } from '../oracle/version-log.ts';
import type { TextRow } from './text-rows.ts';

export interface CompanySize {
  readonly seed?: number;
  readonly rowsPerDay?: number;
  /** Days before day 1, written in one go. @default 0 */
  readonly past?: number;
}

/** Day 1 is the launch; days before it are 0, -1 ... */
export const dateOfDay = (day: number): string => new Date(Date.UTC(2026, 10, day)).toISOString().slice(0, 10);

/** The payments company's two databases, with nothing of Strata. Several lakes may be filled from one. */
export interface CompanySources {
  readonly client: pg.Client;
  readonly db: Db;
  readonly generator: Generator;
  /** What the pipeline connects with: a reader that may not see passwords. */
  readonly variables: Readonly<Record<string, string>>;
  /** Customers and merchants as they were after each day, and whenever the oracle was asked. */
  readonly log: VersionLog;
  /** Lets the company live up to the end of a day; days that were lived stay as they are. */
  live(to: number): Promise<void>;
  /** Every table of silver and gold, recomputed from the sources as they are now. */
  oracle(): Promise<Record<string, readonly TextRow[]>>;
  close(): Promise<void>;
}

/** Documents of a few hundred kilobytes: large enough to be odd, small enough to be read a dozen times a minute. */
const HUGE_DOCUMENT_BYTES = 300_000;

export async function openCompanySources(
  addresses: AddressesFor<'postgres' | 'mongodb'>,
  { seed = 42, rowsPerDay = 200, past = 0 }: CompanySize = {},
): Promise<CompanySources> {
  const sources = await openSources(addresses);
  const { name, client, db, pgUrl, generator: make } = await sources.database();
  const generator = await make({
    seed,
    start: dateOfDay(1 - past),
    rowsPerDay,
    hugeDocumentBytes: HUGE_DOCUMENT_BYTES,
  });
  await generator.migrate();
  if (past > 0) await generator.bootstrap(past);
  const reader = { user: `reader_${randomUUID().slice(0, 8)}`, password: randomUUID() };
  await ensureReaderLogin(client, reader);
  const oltp = new URL(pgUrl);
  oltp.username = reader.user;
  oltp.password = reader.password;
  const app = new URL(addresses.mongodbUrl);
  app.pathname = `/${name}`;
  let lived = 0;
  const log = new VersionLog();
  let asked: ReturnType<CompanySources['oracle']> = Promise.resolve({});
  return {
    client,
    db,
    generator,
    variables: { STRATA_SOURCE_OLTP: oltp.href, STRATA_SOURCE_APP: app.href },
    log,
    async live(to) {
      // What a night has looked at since, before it changes.
      if (lived > 0) await log.observe(client);
      for (; lived < to; lived += 1) await generator.advanceDay(dateOfDay(lived + 1));
    },
    oracle() {
      // One after the other: its temporary tables are the connection's.
      const ask = async () => ({ ...(await oracleSilver(client, db)), ...(await oracleGold(client, db, log)) });
      asked = asked.then(ask, ask);
      return asked;
    },
    close: () => sources.close(),
  };
}
