import { fileURLToPath } from 'node:url';
import { WorkflowFailedError } from '@temporalio/client';
import shipped from '../../config/project.ts';
import { pipelineNamed, upstreamOf } from '../../core/graph.ts';
import { intervalOf, resolveRange } from '../../core/interval.ts';
import type { Project } from '../../core/project.ts';
import { workflowIds } from '../../core/workflow-ids.ts';
import type { S3Address, TemporalAddress } from '../../services/service.types.ts';
import type { BackfillSummary } from '../../workflows/backfill.workflow.ts';
import type { RunSummary } from '../../workflows/run.workflow.ts';
import { freshName } from '../servers.fresh.ts';
import { type CompanySources, dateOfDay } from './company.sources.ts';
import { Installation, type Prepared, prepare } from './installation.ts';

export const PIPELINE = 'daily_oltp_to_olap';

const SQL_ROOT = fileURLToPath(new URL('../../warehouse-sql', import.meta.url));
const SHIPPED_FILE = fileURLToPath(new URL('../../config/project.ts', import.meta.url));

export interface CompanyOptions {
  readonly sources: CompanySources;
  readonly temporal: TemporalAddress['temporal'];
  /** Default: a folder. */
  readonly s3?: S3Address;
  /** Default: the project as it ships. */
  readonly project?: Project;
  /** Where a process finds that project. */
  readonly projectFile?: string;
  /** What else the worker is told. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Strata at the payments company. Its time follows the days that are run. */
export class Company extends Installation {
  readonly sources: CompanySources;
  readonly project: Project;
  readonly projectFile: string;
  /** What the nightly pipeline makes, in every layer. */
  readonly tables: ReadonlySet<string>;
  override now: string = `${dateOfDay(2)}T02:00:00Z`;

  private constructor(prepared: Prepared, { sources, project = shipped, projectFile = SHIPPED_FILE }: CompanyOptions) {
    super(prepared);
    this.sources = sources;
    this.project = project;
    this.projectFile = projectFile;
    this.tables = new Set(upstreamOf(pipelineNamed(project, PIPELINE).datasets).map(({ name }) => name));
  }

  static async open(options: CompanyOptions): Promise<Company> {
    const { sources, temporal, s3, project = shipped } = options;
    const variables = { ...sources.variables, ...options.variables };
    const served = { project, sqlRoot: SQL_ROOT };
    return new Company(await prepare({ served, temporal, ...(s3 && { s3 }), variables }), options);
  }

  /** The night after a day, at two: the pipeline over that day. */
  async nightly(day: number): Promise<RunSummary> {
    this.now = `${dateOfDay(day + 1)}T02:00:00Z`;
    return this.run({ from: dateOfDay(day) });
  }

  /** The look for drift that the run of days up to this one left behind has ended, however. */
  async lookedForDrift(lastDay: number): Promise<void> {
    if (!this.project.retrainings) return;
    const id = workflowIds.retrain(this.settings.env, 'payment_fraud', dateOfDay(lastDay + 1));
    await this.client.workflow
      .getHandle(id)
      .result()
      .catch((error) => {
        if (!(error instanceof WorkflowFailedError)) throw error;
      });
  }

  /** @param input as a person writes it */
  async run(input: { from: string; to?: string }): Promise<RunSummary> {
    const last = input.to ?? input.from;
    const range = { start: intervalOf(input.from, 'day').start, end: intervalOf(last, 'day').end };
    return this.execute(PIPELINE, workflowIds.run(this.settings.env, PIPELINE, range), input);
  }

  /** The weeks that hold these days, as they are now in the lake. */
  async weekly(from: string, to: string): Promise<RunSummary> {
    const name = 'weekly_customer_segmentation';
    const range = resolveRange(from, to, 'week');
    return this.execute(name, workflowIds.run(this.settings.env, name, range), { from, to });
  }

  /** Inclusive days, in the night after the last. */
  async backfill(from: number, to: number, more: object = {}): Promise<BackfillSummary> {
    this.now = `${dateOfDay(to + 1)}T02:00:00Z`;
    const input = { pipeline: PIPELINE, from: dateOfDay(from), to: dateOfDay(to), ...more };
    return this.execute('backfill', `backfill/${this.settings.env}/${PIPELINE}/${freshName('n')}`, input);
  }
}
