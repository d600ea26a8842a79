import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RetrainingSummary } from '../../workflows/retrain.workflow.ts';
import type { Company } from '../demo.company.ts';
import { dayNumber, nightAfter } from '../demo.days.ts';
import type { SimulatedClock } from '../demo.platform.ts';
import type { StrataCommand } from '../demo.strata.ts';
import { SHIFT } from './shift.days.ts';
import { printBeforeAndAfter, type Reported } from './shift.summary.ts';

const MODEL = 'payment_fraud';
const { before, after } = SHIFT;
const day = (n: number): string => dayNumber(n, SHIFT.launch);

interface Outcome {
  readonly state: string;
  readonly result: RetrainingSummary | null;
}

const OUTCOMES: Readonly<Record<string, string>> = {
  promoted: 'the challenger is champion, and was watched',
  unproven: 'the challenger is champion; whether it holds up shows when the disputes of its own days come in',
};

/** The second act: a champion, another world, drift, a challenger, a person who decides, and what it changed. */
export class ShiftAct {
  readonly #company: Company;
  readonly #strata: StrataCommand;
  readonly #clock: SimulatedClock;

  constructor(company: Company, strata: StrataCommand, clock: SimulatedClock) {
    this.#company = company;
    this.#strata = strata;
    this.#clock = clock;
  }

  /** As the world was: history, features, and the first champion. */
  async before(): Promise<void> {
    if (this.#company.age === 0) await this.#company.bootstrap(before);
    console.log(`${day(1)} to ${day(before)}: ${before} days of the company, as it always was`);
    await this.#load(1, before);
    // A company that has lived on is read to its end first: a payment that changed later is read with its later change.
    if (this.#company.age > before) await this.#load(before + 1, before + after);
    if ((await this.#champion()) > 0) return console.log('There is a champion already.');
    const { outcome, challenger } = await this.#retrain(before + 1, 'the first model: it beats a logistic regression');
    console.log(
      `${outcome}: average precision ${figure(challenger?.metrics.averagePrecision)} on days it has not seen`,
    );
  }

  /** Other merchants are large, baskets are dearer, and accounts are taken over. */
  async shift(): Promise<void> {
    let payments = 0;
    for (let n = before + 1; n <= before + after; n++) payments += (await this.#company.live(n)).payments;
    this.#clock.set(nightAfter(before + after, SHIFT.launch));
    const lived = payments > 0 ? `${payments.toLocaleString('en-US')} payments` : 'were there';
    console.log(`${day(before + 1)} to ${day(before + after)}: ${lived}, in another world`);
    await this.#load(before + 1, before + after);
  }

  /** @returns whether a better model serves now */
  async retrain(): Promise<boolean> {
    if ((await this.#champion()) > 1) {
      console.log('It was trained again already.');
      return true;
    }
    const { outcome, drift, comparison, champion, challenger } = await this.#retrain(
      before + after + 1,
      'ranks the new kind of fraud as well, and no slice is worse off',
    );
    console.log(`${drift.drifted.length} of ${drift.features} features drifted; reasons to train:`);
    for (const reason of drift.reasons) console.log(`  ${reason}`);
    console.log('champion and challenger:');
    for (const finding of comparison?.findings ?? []) console.log(`  ${finding}`);
    console.log(`${outcome}: ${OUTCOMES[outcome] ?? 'the champion stays'}`);
    return challenger !== undefined && champion === challenger.version;
  }

  async score(): Promise<void> {
    console.log(`$ strata score ${MODEL}`);
    const done = await this.#strata.json<Record<'days' | 'rows' | 'alerts' | 'written', number>>('score', MODEL);
    console.log(
      `${done.rows} payments of ${done.days} days scored, ${done.alerts} alerts, ${done.written} documents of the shop changed`,
    );
  }

  /** @returns the two pages to look at */
  async report(folder: string): Promise<{ model: string; drift: string }> {
    const file = join(folder, `${MODEL}.html`);
    console.log(`$ strata model report ${MODEL} --out ${file}`);
    const reported = await this.#strata.json<Reported>('model', 'report', MODEL, '--out', file);
    printBeforeAndAfter(reported);
    return { model: file, drift: reported.drift.page };
  }

  async #load(from: number, to: number): Promise<void> {
    console.log(`$ strata run fraud_features --from ${day(from)} --to ${day(to)}`);
    await this.#strata.json('run', 'fraud_features', '--from', day(from), '--to', day(to));
  }

  /** 0: there is none. */
  async #champion(): Promise<number> {
    const models = await this.#strata.json<readonly { model: string; champion: number | null }[]>('model', 'ls');
    return models.find(({ model }) => model === MODEL)?.champion ?? 0;
  }

  /** Starts it, approves what waits for a person, and follows it to its end. @param why it is approved */
  async #retrain(asOf: number, why: string): Promise<RetrainingSummary> {
    const id = `retrain/staging/${MODEL}/${day(asOf)}`;
    console.log(`$ strata retrain start ${MODEL} --as-of ${day(asOf)}`);
    const started = await this.#strata.json<{ state?: string }>('retrain', 'start', MODEL, '--as-of', day(asOf));
    if (started.state === 'waiting for approval') {
      console.log(`$ strata retrain approve ${id} --why '${why}'`);
      await this.#strata.json('retrain', 'approve', id, '--why', why);
    }
    for (;;) {
      const { result } = await this.#strata.json<Outcome>('retrain', 'describe', id);
      if (result) return result;
      await sleep(500);
    }
  }
}

const figure = (value: number | undefined): string => value?.toFixed(3) ?? '-';
