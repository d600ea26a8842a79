import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withAttempt } from '../../activities/attempt.ts';
import { BuildRun } from '../../activities/build-run.ts';
import { commitChecked } from '../../activities/commit-checked.ts';
import { commitQuarantine } from '../../activities/commit-quarantine.ts';
import { Definitions } from '../../activities/definitions.ts';
import { Lake } from '../../activities/lake-tables.ts';
import type { Platform } from '../../activities/platform.ts';
import { prepareBuild } from '../../activities/prepare-build.ts';
import { scanForKeys } from '../../activities/scan-keys.ts';
import { toBuildTask } from '../../activities/task-text.ts';
import { Uploads } from '../../activities/upload.ts';
import { type Batch, nextBatch } from '../../core/batch.ts';
import { nextEpochs } from '../../core/claims.ts';
import { cutProblems } from '../../core/cuts.ts';
import type { Dataset, SourceDataset } from '../../core/dataset.ts';
import { ownedBy } from '../../core/graph.ts';
import { lakeColumns } from '../../core/lake-columns.ts';
import type { Claim, PartitionEntry } from '../../core/ledger.ts';
import { narrow, plan, scopesOf, type Task } from '../../core/plan.ts';
import type { Project } from '../../core/project.ts';
import { ledgerOf, type Reprocess } from '../../core/staleness.ts';
import { openSession, type Session } from '../../engine/session.ts';
import { readParquet } from '../../engine/sql-text.ts';
import { FileStore } from '../../lake/file-store.ts';
import { bronzePartitionSql } from '../../transform/partition-sql.ts';
import { writePartitions } from '../../transform/write-partitions.ts';

const COUNTS = { rowsIn: 0, rowsOut: 0, quarantined: 0, bytes: 0, millis: 0 };

/** The real planning, builds and lake in one process, without Temporal: converges until nothing is due. */
export class LakeRunner {
  readonly platform: Platform;
  readonly project: Project;
  readonly session: Session;
  readonly #pipeline: string;

  private constructor(platform: Platform, project: Project, session: Session) {
    this.platform = platform;
    this.project = project;
    this.session = session;
    this.#pipeline = project.pipelines[0]!.name;
  }

  static async open(project: Project, sqlRoot: string, folder: string): Promise<LakeRunner> {
    const options = { memoryLimit: '512MB', threads: 1 };
    const session = await openSession(options);
    const store = new FileStore(join(folder, 'lake'));
    const temp = join(folder, 'temp');
    await mkdir(temp, { recursive: true });
    const platform = {
      env: 'test',
      project,
      definitions: await Definitions.load(project, sqlRoot, session),
      store,
      lake: new Lake(store, 'test'),
      temp,
      openSession: () => openSession(options),
    } as unknown as Platform;
    return new LakeRunner(platform, project, session);
  }

  close(): Promise<void> {
    return this.session.close();
  }

  /** Commits observations, as an ingest leaves them. @param query rows with all columns of bronze */
  async ingest(source: SourceDataset, query: string): Promise<void> {
    const { lake, temp } = this.platform;
    const table = lake.table(source.name);
    const { ledger } = await table.load();
    const scope = `${source.name}/${randomUUID()}`;
    const claim: Claim = { dataset: source.name, scopes: { [scope]: 1 }, inputs: {}, contentHash: 'h', run: 'test' };
    await withAttempt(temp, async (attempt) => {
      const relation = `(SELECT *, ${bronzePartitionSql(source)} AS _partition FROM (${query}))`;
      const files = await writePartitions(
        this.session,
        relation,
        lakeColumns(source),
        { atMost: Infinity },
        attempt.directory,
      );
      const adds = await new Uploads(table, attempt).data(
        [...files].flatMap(([partition, list]) => list.map((file) => ({ partition, file }))),
      );
      const partitions: Record<string, PartitionEntry> = {};
      for (const partition of files.keys()) partitions[partition] = { digest: `${ledger.version + 1}`, rows: 1 };
      await table.commit({
        claim,
        partitions: [],
        columns: lakeColumns(source),
        prepare: async () => ({
          adds,
          removes: [],
          entry: { format: 1, kind: 'ingest', claim, partitions, counts: COUNTS },
        }),
      });
    });
  }

  /** @returns what was built, in order */
  async converge(options: { reprocess?: Reprocess; days?: number } = {}): Promise<Task[]> {
    const { lake, definitions } = this.platform;
    const part = ownedBy(this.project, this.#pipeline);
    const built: Task[] = [];
    for (let batches = 0; batches < 50; batches += 1) {
      const batch: Batch = nextBatch(part, await lake.ledgers(part), definitions.hashes(part), options);
      const before = built.length;
      for (let round = 0; ; round += 1) {
        if (round > 50) throw new Error('a batch does not come to an end');
        const ledgers = await lake.ledgers(part, batch.frozen);
        const { ready, checked } = await plan(part, batch, ledgers, (q) => scanForKeys(this.platform, q));
        for (const { dataset, checked: partitions } of checked) await commitChecked(this.platform, dataset, partitions);
        if (ready.length === 0) break;
        for (const task of ready) await this.build(task);
        built.push(...ready);
      }
      if (batch.left === 0 || built.length === before) break;
    }
    return built;
  }

  async build(task: Task): Promise<void> {
    const { lake, definitions, temp } = this.platform;
    const dataset = definitions.derived(task.dataset);
    const table = lake.table(task.dataset);
    const base = await table.load();
    const { inputs, contentHash } = task;
    const claim: Claim = {
      dataset: task.dataset,
      scopes: nextEpochs(base.ledger, scopesOf(task)),
      inputs,
      contentHash,
      run: 'test',
    };
    await withAttempt(temp, async (attempt) => {
      const session = await this.platform.openSession();
      const buildTask = toBuildTask(task);
      try {
        const output = await new BuildRun(this.platform, {
          task: buildTask,
          claim,
          dataset,
          base,
          session,
          attempt,
        }).run();
        await commitQuarantine(this.platform, { claim, dataset, attempt }, output);
        const uploads = new Uploads(table, attempt);
        const prepared = await prepareBuild({ task: buildTask, claim, base, output, uploads, started: Date.now() });
        await table.commit({
          claim,
          partitions: task.partitions,
          columns: lakeColumns(dataset),
          prepare: async () => prepared,
        });
      } finally {
        await session.close();
      }
    });
  }

  /** Why the tables as they are would be no cut; empty: they fit together. */
  async problems(): Promise<unknown[]> {
    const part = ownedBy(this.project, this.#pipeline);
    const ledgers = await this.platform.lake.ledgers(part);
    return cutProblems(part, ledgers, async (dataset, candidates) => {
      const own = ledgerOf(ledgers, dataset.name);
      const { held } = await narrow(dataset, own, ledgers, candidates, (q) => scanForKeys(this.platform, q));
      return held.map((s) => s.partition);
    });
  }

  /** A relation over a table as it is. */
  async relation(dataset: Dataset): Promise<string> {
    const { files } = await this.platform.lake.table(dataset.name).snapshot();
    return readParquet(
      files.map((f) => f.uri),
      lakeColumns(dataset),
    );
  }

  async rows<T>(dataset: Dataset, select = '*'): Promise<T[]> {
    return this.session.rows<T>(`SELECT ${select} FROM ${await this.relation(dataset)} ORDER BY ALL`);
  }
}

/** `gold.fact_payment 2026-11-01` for each partition that was built, sorted. */
export const builtPartitions = (tasks: readonly Task[]): string[] =>
  tasks
    .flatMap(({ dataset, partitions, kind }) =>
      kind === 'merge' ? [`${dataset} merge`] : partitions.map((p) => `${dataset} ${p}`),
    )
    .sort();
