import type { Company } from './demo.company.ts';
import { dayNumber, nightAfter } from './demo.days.ts';
import type { SimulatedClock } from './demo.platform.ts';
import type { StrataCommand } from './demo.strata.ts';
import { print } from './demo.summary.ts';
import type { DayReport } from './generator/generator.ts';

const PIPELINE = 'daily_oltp_to_olap';

/** What the commands print about a run or backfill, as far as the demo shows it. */
interface RunReport {
  readonly interval: string;
  readonly cut: number;
  readonly published: { readonly rows: number } | null;
  readonly datasets: readonly {
    readonly dataset: string;
    readonly rowsIn: number;
    readonly rowsOut: number;
    readonly quarantined: number;
  }[];
}

/** The fourteen days: what happens in the company, and what Strata makes of it. */
export class Script {
  readonly #company: Company;
  readonly #strata: StrataCommand;
  readonly #clock: SimulatedClock;
  readonly #steps: string[][] = [];

  constructor(company: Company, strata: StrataCommand, clock: SimulatedClock) {
    this.#company = company;
    this.#strata = strata;
    this.#clock = clock;
  }

  /** The company lives the days; then one backfill loads them all. */
  async backfill(first: number, last: number): Promise<void> {
    for (let day = first; day <= last; day++) printDay(await this.#company.live(day));
    const [from, to] = [dayNumber(first), dayNumber(last)];
    console.log(`$ strata backfill create ${PIPELINE} --from-date ${from} --to-date ${to} --yes`);
    await this.#step(
      `backfill ${from} to ${to}`,
      'backfill',
      'create',
      PIPELINE,
      '--from-date',
      from,
      '--to-date',
      to,
      '--yes',
    );
  }

  /** The company lives one more day, old payments change; the night that follows loads the day. */
  async nightly(day: number): Promise<void> {
    printDay(await this.#company.live(day));
    this.#clock.set(nightAfter(day));
    const date = dayNumber(day);
    console.log(`$ strata run ${PIPELINE} --from ${date}`);
    await this.#step(`nightly ${date}`, 'run', PIPELINE, '--from', date);
  }

  /** A lake that holds the days already gains nothing from running them again. */
  get changedNothing(): boolean {
    return this.#steps.every(([, , , ingested, built]) => ingested === '0' && built === '0');
  }

  printSteps(): void {
    print(
      ['step', 'seconds', 'rows read', 'new in bronze', 'rows built', 'quarantined', 'cut', 'rows published'],
      this.#steps,
    );
    if (this.changedNothing) console.log('Everything was there: running it again changed nothing.');
  }

  async #step(name: string, ...command: readonly string[]): Promise<void> {
    const began = Date.now();
    const { cut, published, datasets } = await this.#strata.json<RunReport>(...command);
    const bronze = datasets.filter(({ dataset }) => dataset.startsWith('bronze.'));
    const derived = datasets.filter(({ dataset }) => !dataset.startsWith('bronze.'));
    const sum = (
      of: readonly { rowsIn: number; rowsOut: number; quarantined: number }[],
      what: 'rowsIn' | 'rowsOut' | 'quarantined',
    ) => of.reduce((total, row) => total + row[what], 0).toLocaleString('en-US');
    const figures = [
      ((Date.now() - began) / 1000).toFixed(1),
      sum(bronze, 'rowsIn'),
      sum(bronze, 'rowsOut'),
      sum(derived, 'rowsOut'),
      sum(derived, 'quarantined'),
      String(cut),
      (published?.rows ?? 0).toLocaleString('en-US'),
    ];
    this.#steps.push([name, ...figures]);
    console.log(
      `${figures[1]} rows read, ${figures[2]} new in bronze, ${figures[3]} built, ${figures[4]} quarantined; cut ${cut}`,
    );
  }
}

function printDay({
  date,
  written,
  payments,
  moves,
  refunds,
  customers,
  merchants,
  reviews,
  sessions,
}: DayReport): void {
  if (!written) console.log(`${date}  was there`);
  else {
    console.log(
      `${date}  ${payments} payments, ${moves} older ones changed, ${refunds} refunds, ${customers} customers, ` +
        `${merchants} merchants, ${reviews} reviews, ${sessions} sessions`,
    );
  }
}
