import type pg from 'pg';
import { type CopyValue, copyRows } from './copy-text.ts';
import { fraudsOf, LONGEST_FRAUD_DAYS } from './fraud-plan.ts';
import { payment } from './payment.ts';
import { LONGEST_LIFE_DAYS, mayChange } from './payment-plan.ts';
import { paymentsOn } from './season.ts';
import { isoOf } from './simulated-time.ts';
import { dayStart, type World } from './world.ts';
import { amountOf } from './write-payments.ts';

const DUE_COLUMNS = [
  ...['step', 'transaction_id', 'event_time', 'at', 'from_status', 'to_status', 'reason', 'updated_by'],
  ...['refund_id', 'refund_amount', 'refund_reason', 'noted_refund_id', 'note'],
  ...['dispute_id', 'dispute_status', 'dispute_reason'],
];

// Each statement leaves alone what somebody moved elsewhere in the meantime: a test may change any payment between two days.
const REFUND = `
  insert into refund (id, transaction_id, transaction_event_time, amount, currency, reason, created_at, updated_at)
  select d.refund_id, t.id, t.event_time, d.refund_amount, t.currency, d.refund_reason, d.at, d.at
  from due d join transaction t on t.id = d.transaction_id and t.event_time = d.event_time
  where d.step = $1 and d.refund_id is not null and t.status = 'succeeded'
    and d.refund_amount + coalesce((select sum(r.amount) from refund r where r.transaction_id = t.id), 0) <= t.amount
  order by d.at, d.refund_id`;
const MOVE = `
  with moved as (
    update transaction t set status = d.to_status, updated_at = d.at
    from due d
    where d.step = $1 and d.to_status is not null and t.id = d.transaction_id and t.event_time = d.event_time
      and t.status = d.from_status and t.updated_at < d.at
      and (d.refund_id is null or exists (select from refund r where r.id = d.refund_id))
    returning t.id, d.from_status, d.to_status, d.reason, d.updated_by, d.at)
  insert into transaction_state_change (transaction_id, from_status, to_status, reason, updated_by, updated_at)
  select id, from_status, to_status, reason, updated_by, at from moved order by at, id`;
const NOTE = `
  update refund r set reason = d.note, updated_at = d.at
  from due d where d.step = $1 and r.id = d.noted_refund_id and r.updated_at < d.at`;

const DISPUTE = `
  insert into dispute (id, transaction_id, transaction_event_time, amount, currency, reason, status, created_at, updated_at)
  select d.dispute_id, t.id, t.event_time, t.amount - coalesce((select sum(r.amount) from refund r where r.transaction_id = t.id), 0),
    t.currency, d.dispute_reason, 'open', d.at, d.at
  from due d join transaction t on t.id = d.transaction_id and t.event_time = d.event_time
  where d.step = $1 and d.dispute_status = 'open' and t.status = 'disputed' and t.updated_at = d.at
  order by d.at, d.dispute_id`;
const CLOSE = `
  update dispute o set status = d.dispute_status, closed_at = d.at, updated_at = d.at
  from due d where d.step = $1 and d.dispute_status <> 'open' and o.id = d.dispute_id and o.status = 'open'`;

/** What happens on `day` to the payments of earlier days. */
export async function writeChanges(
  client: pg.Client,
  world: World,
  day: number,
): Promise<{ moves: number; refunds: number; disputes: number }> {
  await client.query(`
    create temporary table due (
      step integer, transaction_id uuid, event_time timestamptz, at timestamptz, from_status text, to_status text, reason text, updated_by text,
      refund_id uuid, refund_amount numeric(18,2), refund_reason text, noted_refund_id uuid, note text,
      dispute_id uuid, dispute_status text, dispute_reason text
    ) on commit drop`);
  const found = { steps: 0 };
  await copyRows(client, 'due', DUE_COLUMNS, dueRows(world, day, found));
  await client.query('analyze due');
  let moves = 0;
  let refunds = 0;
  let disputes = 0;
  for (let step = 1; step <= found.steps; step++) {
    refunds += (await client.query(REFUND, [step])).rowCount ?? 0;
    moves += (await client.query(MOVE, [step])).rowCount ?? 0;
    await client.query(NOTE, [step]);
    disputes += (await client.query(DISPUTE, [step])).rowCount ?? 0;
    await client.query(CLOSE, [step]);
  }
  return { moves, refunds, disputes };
}

function* dueRows(world: World, today: number, found: { steps: number }): Generator<CopyValue[]> {
  const [start, end] = [dayStart(world, today), dayStart(world, today + 1)];
  for (let age = 1; age <= Math.min(LONGEST_FRAUD_DAYS, today); age++) {
    for (const index of changing(world, today - age, age)) {
      const made = payment(world, today - age, index);
      const due = made.life.filter((event) => event.at >= start && event.at < end);
      found.steps = Math.max(found.steps, due.length);
      for (const [position, { at, move, refund, dispute, note }] of due.entries()) {
        yield [
          ...[position + 1, made.id, isoOf(made.eventTime), isoOf(at)],
          ...[move?.from ?? null, move?.to ?? null, move?.reason ?? null, move?.by ?? null],
          ...[refund?.id ?? null, refund ? amountOf(refund.cents) : null, refund?.reason ?? null],
          ...[note?.refundId ?? null, note?.reason ?? null],
          ...[dispute?.id ?? null, dispute?.status ?? null, dispute?.reason ?? null],
        ];
      }
    }
  }
}

/** The payments of a day that may change `age` days later. */
function changing(world: World, day: number, age: number): Set<number> {
  const found = new Set(age <= LONGEST_LIFE_DAYS ? mayChange(day, age, paymentsOn(world, day)) : []);
  for (const [index, { disputeDays, closeDays }] of fraudsOf(world, day)) {
    if (disputeDays === age || (disputeDays !== null && closeDays === age)) found.add(index);
  }
  return found;
}
