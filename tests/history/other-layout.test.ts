import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bucket, month, pipeline, project } from '../../core/builders.ts';
import type { Dataset, PartitionBy } from '../../core/dataset.ts';
import { type Input, inputBuilders } from '../../core/mapping.ts';
import type { Project } from '../../core/project.ts';
import { fullRun } from '../full-run.ts';
import { bring, DAY, SQL, START } from './company.ts';
import type { CustomerSeen, PaymentSeen } from './history.oracle.ts';
import { LakeRunner } from './lake-runner.ts';
import { customerVersion, dailySegment, dimCustomer, factPayment, payment, shop } from './shop.project.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-layout-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The project with some datasets cut otherwise: the same names, so the same tables of the lake. */
function cutOtherwise(cuts: Readonly<Record<string, PartitionBy>>): Project {
  const made = new Map<string, Dataset>();
  const again = (of: Dataset): Dataset => {
    if (of.kind === 'source') return of;
    const known = made.get(of.name);
    if (known) return known;
    const inputs = Object.fromEntries(
      Object.entries(of.inputs).map(([name, input]): [string, Input] => [
        name,
        { ...input, dataset: again(input.dataset) },
      ]),
    );
    const result: Dataset = {
      ...of,
      inputs,
      partitionBy: cuts[of.name] ?? of.partitionBy,
      ...inputBuilders(() => result),
    };
    made.set(of.name, result);
    return result;
  };
  const datasets = [dimCustomer, factPayment, dailySegment].map(again);
  return project({
    ...shop,
    pipelines: [pipeline({ name: 'nightly', description: 'd', start: '2026-11-01', interval: 'day', datasets })],
  });
}

const customers = Array.from({ length: 16 }, (_, i): CustomerSeen => {
  return {
    id: `c${i % 7}`,
    segment: i % 2 ? 'A' : 'B',
    country: null,
    email: 'x',
    updatedAt: START + i * DAY,
    position: i,
  };
});
const payments = Array.from({ length: 12 }, (_, i): PaymentSeen => {
  return {
    id: `p${i}`,
    customer: `c${i % 9}`,
    cents: i,
    paidAt: START + 3 * i * DAY,
    updatedAt: START + 3 * i * DAY,
    position: i,
  };
});

/** Every row as a text; what says where a row came from is the same in any layout too. */
async function tables(runner: LakeRunner): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const d of [customerVersion, payment, dimCustomer, factPayment, dailySegment]) {
    const rows = await runner.session.rows<{ r: string }>(
      `SELECT t::VARCHAR AS r FROM ${await runner.relation(d)} t ORDER BY r`,
    );
    all[d.name] = rows.map(({ r }) => r);
  }
  return all;
}

const CUTS: [string, Record<string, PartitionBy>][] = [
  [
    'fewer buckets',
    { 'silver.customer_version': bucket('customer_id', 3), 'gold.dim_customer': bucket('customer_id', 3) },
  ],
  [
    'months for days',
    {
      'silver.payment': month('paid_on'),
      'gold.fact_payment': month('paid_on'),
      'gold.daily_segment': month('paid_on'),
    },
  ],
  ['more buckets, in one of two', { 'silver.customer_version': bucket('customer_id', 9) }],
  ['one partition for buckets', { 'silver.customer_version': { kind: 'all' } }],
];

test.each(fullRun ? CUTS : CUTS.slice(0, 2))(
  '%s: the next run makes the table anew, and no row is lost or there twice',
  async (_, cuts) => {
    const before = await LakeRunner.open(shop, SQL, folder);
    await bring(before, customers.slice(0, 12), payments.slice(0, 9));
    await before.converge();
    await before.close();

    const after = await LakeRunner.open(cutOtherwise(cuts), SQL, folder);
    await bring(after, customers.slice(12), payments.slice(9));
    await after.converge();
    expect(await after.problems()).toEqual([]);
    expect(await after.converge()).toEqual([]);

    const fresh = await mkdtemp(join(tmpdir(), 'strata-layout-'));
    const anew = await LakeRunner.open(cutOtherwise(cuts), SQL, fresh);
    await bring(anew, customers, payments);
    await anew.converge();
    expect(await tables(after)).toEqual(await tables(anew));
    await after.close();
    await anew.close();
    await rm(fresh, { recursive: true, force: true });
  },
);
