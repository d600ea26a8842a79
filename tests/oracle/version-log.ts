import { createHash } from 'node:crypto';
import type pg from 'pg';
import { surrogateKey } from './surrogate-key.ts';
import { textRows } from './text-query.ts';

type Row = Readonly<Record<string, string | null>>;

/**
 * Versions of customers and merchants as whoever looks each night sees them: the sources hold the newest only, so an oracle
 * of history must have looked too.
 */
export class VersionLog {
  readonly #customers = new Map<string, Row>();
  readonly #merchants = new Map<string, Row>();

  /** To be called once for each state that the pipeline looks at. */
  async observe(client: pg.Client): Promise<void> {
    const columns = 'country, city, created_at, updated_at as changed_at, false as is_deleted';
    const customers = await textRows(client, `select id as customer_id, segment, ${columns} from customer`);
    for (const row of customers) this.#customers.set(`${row.customer_id} ${row.changed_at}`, row);
    const merchants = await textRows(
      client,
      `select id as merchant_id, name, industry, size, ${columns} from merchant`,
    );
    for (const row of merchants) this.#merchants.set(`${row.merchant_id} ${row.changed_at}`, row);
  }

  customerVersions(): Row[] {
    return [...this.#customers.values()];
  }

  merchantVersions(): Row[] {
    return [...this.#merchants.values()];
  }

  /** @param mentioned customers that others name */
  dimCustomer(mentioned: readonly string[]): Row[] {
    const spans = history(
      this.customerVersions(),
      'customer_id',
      ['segment', 'country', 'city'],
      ({ row, newest }) => ({
        ...{ customer_id: row.customer_id!, segment: row.segment!, ...placeKeys(row) },
        registered_at: newest.created_at!,
      }),
    );
    return dimension('customer', spans, mentioned, (label, key) => ({
      ...{ segment: label, country_key: key, location_key: key, registered_at: null },
    }));
  }

  /** @param mentioned merchants that others name */
  dimMerchant(mentioned: readonly string[]): Row[] {
    const tracked = ['industry', 'size', 'country', 'city'];
    const spans = history(this.merchantVersions(), 'merchant_id', tracked, ({ row, newest }) => ({
      ...{
        merchant_id: row.merchant_id!,
        name: newest.name!,
        industry_key: surrogateKey(row.industry!),
        size: row.size!,
      },
      ...{ ...placeKeys(row), signed_up_at: newest.created_at! },
    }));
    return dimension('merchant', spans, mentioned, (label, key) => ({
      ...{ name: label, industry_key: key, size: label, country_key: key, location_key: key, signed_up_at: null },
    }));
  }
}

/** The first row of a key holds since the beginning of time. */
const SINCE_EVER = '0001-01-01T00:00:00.000000Z';

const placeKeys = ({ country, city }: Row) => ({
  country_key: surrogateKey(country!),
  location_key: country === null || city === null ? '-1' : surrogateKey(`${country}|${city}`),
});

interface Version {
  readonly row: Row;
  readonly newest: Row;
}

/** One row for each span in which nothing tracked changed. */
function history(rows: readonly Row[], key: string, tracked: readonly string[], describe: (v: Version) => Row): Row[] {
  const ids = [...new Set(rows.map((row) => row[key]))];
  const byId = new Map(ids.map((id): [string, Row[]] => [id!, []]));
  for (const row of rows) byId.get(row[key]!)!.push(row);
  return [...byId.values()].flatMap((versions) => {
    const inOrder = versions.sort((a, b) => (a.changed_at! < b.changed_at! ? -1 : 1));
    const changed = (row: Row, i: number) => i === 0 || tracked.some((name) => row[name] !== inOrder[i - 1]![name]);
    const opening = inOrder.filter(changed);
    return opening.map((row, i) => ({
      ...describe({ row, newest: inOrder.at(-1)! }),
      valid_from: i === 0 ? SINCE_EVER : row.changed_at!,
      valid_to: opening[i + 1]?.changed_at ?? null,
      is_current: String(i === opening.length - 1),
      is_inferred: 'false',
    }));
  });
}

function dimension(
  name: 'customer' | 'merchant',
  spans: readonly Row[],
  mentioned: readonly string[],
  empty: (label: string, key: string) => Row,
): Row[] {
  const [id, key] = [`${name}_id`, `${name}_key`];
  const known = new Set(spans.map((row) => row[id]));
  const open = { valid_from: SINCE_EVER, valid_to: null, is_current: 'true' };
  return [
    ...spans.map((row) => ({ ...row, [key]: keyOf(row[id]!, row.valid_from!) })),
    ...[...new Set(mentioned)]
      .filter((natural) => !known.has(natural))
      .map((natural) => {
        return { ...empty('unknown', '-1'), ...open, [id]: natural, [key]: surrogateKey(natural), is_inferred: 'true' };
      }),
    ...(
      [
        ['unknown', '-1'],
        ['not applicable', '-2'],
      ] as const
    ).map(([label, nothing]) => ({
      ...{ ...empty(label, nothing), ...open, [id]: null, [key]: nothing, is_inferred: 'false' },
    })),
  ];
}

/** As documented: of the natural key and the moment from which the row holds. */
function keyOf(natural: string, validFrom: string): string {
  if (validFrom === SINCE_EVER) return surrogateKey(natural);
  const digest = createHash('md5').update(`${natural}|${validFrom}`).digest();
  return String(digest.readBigUInt64BE(0) >> 1n);
}
