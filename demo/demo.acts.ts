import { join } from 'node:path';
import { writeDevSettings } from '../config/settings.dev.ts';
import type { Project } from '../core/project.ts';
import type { ServiceReport } from '../services/service.report.ts';
import type { Cleanup } from './demo.cleanup.ts';
import { type Company, type CompanyOptions, launched, openCompany } from './demo.company.ts';
import { dayNumber, nightAfter } from './demo.days.ts';
import type { DemoOptions } from './demo.options.ts';
import { type DemoServers, demoVariables, ROOT, SimulatedClock, startDemoWorker } from './demo.platform.ts';
import { Script } from './demo.script.ts';
import { StrataCommand } from './demo.strata.ts';
import { compareWithSource, printRevenue, printRows, title } from './demo.summary.ts';
import { ShiftAct } from './shift/shift.act.ts';
import { SHIFT } from './shift/shift.days.ts';

/** What both acts play on. */
export interface Stage {
  readonly options: DemoOptions;
  readonly servers: DemoServers;
  readonly cleanup: Cleanup;
  readonly report: ServiceReport;
}

/** Where to look when it is over: a name and a place. */
export type Places = readonly (readonly [string, string])[];

export interface Played {
  readonly ok: boolean;
  readonly places: Places;
}

/** Fourteen days, in the lake and the warehouse. Well when the warehouse agrees with its sources. */
export async function playDays(stage: Stage): Promise<Played> {
  const { default: project } = await import('../config/project.ts');
  const { company, strata, clock, variables } = await enter(stage, launched(stage.options.rows), {
    project,
    variables: {},
    now: (age) => nightAfter(Math.max(age, 11)),
    tell: leave,
  });
  const script = new Script(company, strata, clock);
  title(company.age >= 14 ? 'The company has lived its fourteen days: everything is run again' : 'Days 1 to 11');
  await script.backfill(1, 11);
  for (const day of [12, 13, 14]) {
    title(`Day ${day}: ${dayNumber(day)}, and its nightly run`);
    await script.nightly(day);
  }
  title('What there is');
  await printRows(strata);
  title('Net revenue by day and country of the merchant, from the warehouse');
  await printRevenue(strata);
  title('What it took');
  script.printSteps();
  const ok = await compareWithSource(strata, company);
  return {
    ok,
    places: [
      ['Lake', variables.STRATA_LAKE ?? ''],
      ['Warehouse', variables.STRATA_WAREHOUSE_ANALYTICS?.replace('duckdb://', '') ?? ''],
      ['By hand', 'npx strata status; npx strata runs ls; npx strata query "select * from fact_payment limit 5"'],
    ],
  };
}

const SHIFT_PROJECT = join(ROOT, 'demo/shift/project.ts');

/** The same business in a world that changes, with a lake prefix of its own. Well when a better model serves at the end. */
export async function playShift(stage: Stage): Promise<Played> {
  const world: CompanyOptions = {
    seed: 42,
    start: SHIFT.launch,
    rowsPerDay: SHIFT.rowsPerDay,
    shiftFrom: dayNumber(SHIFT.before + 1, SHIFT.launch),
    databases: { oltp: 'shift_oltp', app: 'shift_app' },
    reader: 'strata_shift_reader',
    hugeDocumentBytes: 20_000,
    documentsFrom: SHIFT.before + SHIFT.after - SHIFT.scored + 1,
  };
  const { default: project } = await import('./shift/project.ts');
  const { company, strata, clock, variables } = await enter(stage, world, {
    project,
    variables: { STRATA_ENV: 'staging', STRATA_PROJECT: SHIFT_PROJECT },
    now: (age) => nightAfter(Math.max(age, SHIFT.before), SHIFT.launch),
    // The first act's are the ones that the README's commands are about.
    ...(stage.options.act === 'model' && { tell: leave }),
  });
  const act = new ShiftAct(company, strata, clock);
  title('A fraud model, and the world that it knows');
  await act.before();
  title('The world shifts');
  await act.shift();
  title('Drift is looked for, a challenger trained, compared, approved');
  const ok = await act.retrain();
  title('The new champion scores the last days, and the shop learns of it');
  await act.score();
  title('Before and after');
  const pages = await act.report(stage.servers.folder);
  const lake = variables.STRATA_LAKE?.replace('file://', '');
  return {
    ok,
    places: [
      ['Model report', pages.model],
      ['Drift report', `${lake}/${pages.drift}`],
      ['By hand', `npx strata model history payment_fraud --env staging --project ${SHIFT_PROJECT}`],
    ],
  };
}

/** For the user's own commands in this folder. */
const leave = (environment: Readonly<Record<string, string>>): void => writeDevSettings(process.cwd(), environment);

interface Cast {
  readonly project: Project;
  /** On top of the servers' addresses. */
  readonly variables: Readonly<Record<string, string>>;
  /** @param age days that the company has lived */
  now(age: number): string;
  tell?(environment: Readonly<Record<string, string>>): void;
}

/** A company, a worker that lives through its days, and the command that a person would type. */
async function enter({ servers, options, report, cleanup }: Stage, world: CompanyOptions, cast: Cast) {
  const company: Company = await openCompany(servers.addresses, world);
  cleanup.add('generator', () => company.close());
  const variables = { ...(await demoVariables(servers, company, options.lake, report)), ...cast.variables };
  const clock = new SimulatedClock(variables, cast.now(company.age), cast.tell);
  const worker = await startDemoWorker(clock, cast.project);
  cleanup.add('worker', async () => {
    worker.stop();
    await worker.finished;
  });
  const strata = new StrataCommand(() => clock.environment());
  cleanup.add('command', async () => strata.interrupt());
  return { company, variables, clock, strata };
}
