import type { SourceDataset } from '../../core/dataset.ts';
import type { Prng } from './prng.ts';
import { bronzeMerchant, bronzePayment, bronzeRate, LATENESS_SECONDS } from './toy-project.ts';
import { DAY, type Row } from './toy-rows.ts';

export const DAYS = 4;

/** How often which table is written. */
export type Writes = Readonly<Record<'payment' | 'rate' | 'merchant', number>>;

/** The source system: rows that change, a clock, and positions that grow with every transaction. */
export class World {
  /** Seconds since the epoch of the toy. */
  now = 3600;
  position = 1;
  readonly tables = new Map<SourceDataset, Map<string, Row>>([
    [bronzePayment, new Map()],
    [bronzeRate, new Map()],
    [bronzeMerchant, new Map()],
  ]);
  readonly #prng: Prng;
  readonly #writes: Writes;

  constructor(prng: Prng, writes: Writes) {
    this.#prng = prng;
    this.#writes = writes;
  }

  rows(source: SourceDataset): Row[] {
    return [...this.tables.get(source)!.values()];
  }

  /** Nothing appears before this any more. */
  lowWater(source: SourceDataset): number {
    return Math.max(0, ...this.rows(source).map((r) => r.updated_at as number)) - LATENESS_SECONDS;
  }

  advance(): void {
    this.now = Math.min(DAYS * DAY - 60, this.now + 3600 * (1 + this.#prng.int(12)));
  }

  /** One transaction. @returns what kind it was */
  write(): string {
    this.position += 1;
    this.now += 1;
    const table = this.#prng.weighted(this.#writes);
    if (table === 'payment') return this.#writePayment();
    return table === 'rate' ? this.#writeRate() : this.#writeMerchant();
  }

  /** A row's own time only grows; now and then it appears late, under a time that is past. */
  #updatedAt(before: Row | undefined): { updated_at: number; late: boolean } {
    const late = this.#prng.chance(0.3);
    const moment = late ? this.now - this.#prng.int(LATENESS_SECONDS) : this.now;
    // A coarse clock now and then: two documents of one payment with the same time.
    const coarse = Math.floor(moment / 3600) * 3600;
    const wish = coarse > this.now - LATENESS_SECONDS && this.#prng.chance(0.5) ? coarse : moment;
    return { updated_at: Math.max(wish, ((before?.updated_at as number) ?? -1) + 1, 0), late };
  }

  #writePayment(): string {
    const prng = this.#prng;
    const table = this.tables.get(bronzePayment)!;
    const doc = `d${prng.int(6)}`;
    const before = table.get(doc);
    const { updated_at, late } = this.#updatedAt(before);
    const fresh: Row = {
      doc,
      id: before && prng.chance(0.8) ? before.id! : `p${prng.int(5)}`,
      event_time: prng.int(Math.min(this.now, DAYS * DAY)),
      currency: prng.pick(['USD', 'GBP']),
      merchant: `m${prng.int(3)}`,
      amount: 1 + prng.int(9),
      bad: prng.chance(0.2),
      updated_at,
    };
    const kept = before && prng.chance(0.7) ? { event_time: before.event_time!, currency: before.currency! } : {};
    const row: Row = { ...fresh, ...kept };
    table.set(doc, row);
    if (late) return 'write late';
    if (before && before.id !== row.id) return 'write key change';
    if (before && Math.floor((before.event_time as number) / DAY) !== Math.floor((row.event_time as number) / DAY))
      return 'write moves partition';
    return row.bad ? 'write bad' : 'write payment';
  }

  #writeRate(): string {
    const prng = this.#prng;
    const table = this.tables.get(bronzeRate)!;
    const currency = prng.pick(['USD', 'GBP']);
    const valid_from = prng.int(DAYS) * DAY;
    const name = `${currency}|${valid_from}`;
    const before = table.get(name);
    const { updated_at } = this.#updatedAt(before);
    table.set(name, { currency, valid_from, rate: 1 + prng.int(5), updated_at });
    return before ? 'correct rate' : 'write rate';
  }

  #writeMerchant(): string {
    const prng = this.#prng;
    const table = this.tables.get(bronzeMerchant)!;
    const id = `m${prng.int(2)}`;
    if (table.has(id) && prng.chance(0.4)) {
      table.delete(id);
      return 'delete merchant';
    }
    table.set(id, { id, name: prng.pick(['A', 'B']), updated_at: prng.int(3) });
    return 'write merchant';
  }
}
