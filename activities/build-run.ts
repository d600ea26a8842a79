import { claimTag } from '../core/claim-tag.ts';
import type { Dataset, DerivedDataset } from '../core/dataset.ts';
import { lakeColumns } from '../core/lake-columns.ts';
import type { AuditResult, Claim } from '../core/ledger.ts';
import { mergeSource } from '../core/pending.ts';
import type { Session } from '../engine/session.ts';
import { evolve } from '../lake/delta-schema.ts';
import type { TableState } from '../lake/table-state.ts';
import { refuseFailedAudits, runAudits } from '../quality/audits.ts';
import type { InputFile, MergeInput, MergeWork, BuildInput as TransformInput } from '../transform/build-input.ts';
import type { BuildOutput } from '../transform/build-output.ts';
import { bronzePartitionsOf } from '../transform/candidates.ts';
import { mergeByKey } from '../transform/merge-by-key.ts';
import { replacePartitions } from '../transform/replace-partitions.ts';
import type { Attempt } from './attempt.ts';
import { digestsOf } from './bronze-rule.ts';
import type { BuildTask } from './converge.types.ts';
import { neededFiles, reachesBeyond } from './needed-files.ts';
import type { Platform } from './platform.ts';
import { ReadableFiles } from './readable-files.ts';

export interface BuildContext {
  readonly task: BuildTask;
  readonly claim: Claim;
  readonly dataset: DerivedDataset;
  /** The table as this build found it. */
  readonly base: TableState;
  readonly session: Session;
  readonly attempt: Attempt;
}

/** One task in one session: which files are read, and which of transform's ways is taken. */
export class BuildRun {
  readonly #platform: Platform;
  readonly #context: BuildContext;
  readonly #readable: ReadableFiles;

  constructor(platform: Platform, context: BuildContext) {
    this.#platform = platform;
    this.#context = context;
    this.#readable = new ReadableFiles(context.session, context.attempt.directory);
  }

  async run(): Promise<BuildOutput> {
    const { task, dataset } = this.#context;
    if (task.kind !== 'replace') return mergeByKey(await this.#mergeInput());
    const outside = reachesBeyond(dataset) ? 'filter' : 'exact';
    const current = dataset.history ? await this.#currentOf(task.partitions) : [];
    return replacePartitions({ ...(await this.#common()), partitions: task.partitions, outside, current });
  }

  #currentOf(partitions: readonly string[]): Promise<InputFile[]> {
    const { dataset, base } = this.#context;
    const files = [...base.files.values()].filter((file) => partitions.includes(file.partition));
    return this.#readable.of(this.#platform.lake.table(dataset.name), files);
  }

  async #mergeInput(): Promise<MergeInput> {
    const { task, dataset, base, session } = this.#context;
    const { lake } = this.#platform;
    const source = mergeSource(dataset);
    const table = lake.table(dataset.name);
    const current = await this.#readable.of(table, [...base.files.values()]);
    const { tombstones } = base.ledger;
    const common = await this.#common();
    const rawName = Object.keys(dataset.inputs)[0] as string;
    const wanted = new Set(
      task.kind === 'rebuild'
        ? await bronzePartitionsOf({ session, dataset, current }, task.partitions)
        : task.inputPartitions,
    );
    return {
      ...common,
      inputs: { ...common.inputs, [rawName]: await this.#filesOf(source, (partition) => wanted.has(partition)) },
      raw: { name: rawName, dataset: source },
      current,
      tombstones: tombstones === undefined ? undefined : await this.#readable.one(table, tombstones),
      work: workOf(task),
    };
  }

  async #common(): Promise<TransformInput> {
    const { task, dataset, base, session, claim, attempt } = this.#context;
    const { definitions } = this.#platform;
    const inputs: Record<string, readonly InputFile[]> = {};
    for (const [index, [name, input]] of Object.entries(dataset.inputs).entries()) {
      if (dataset.write.kind === 'merge' && index === 0) continue;
      const needed = neededFiles(dataset, input, task.kind === 'replace' ? task.partitions : undefined);
      inputs[name] = await this.#filesOf(input.dataset, needed);
    }
    const asOfKey = definitions.asOfKey(dataset.name);
    return {
      ...(asOfKey && { asOfKey }),
      session,
      dataset,
      sqlText: definitions.sqlText(dataset.name),
      inputs,
      digests: digestsOf(base),
      rowChecks: definitions.rowChecks(dataset.name),
      audit: (relation) => this.#audit(relation),
      epoch: Object.values(claim.scopes)[0] ?? 0,
      claim: claimTag(claim),
      run: claim.run,
      directory: attempt.directory,
    };
  }

  async #audit(relation: string): Promise<readonly AuditResult[]> {
    const { session, dataset } = this.#context;
    const results = await runAudits(session, dataset, relation);
    refuseFailedAudits(dataset.name, results);
    return results;
  }

  /** An input's files at the version that the claim names. */
  async #filesOf(input: Dataset, needed: (partition: string) => boolean): Promise<InputFile[]> {
    const { lake } = this.#platform;
    const { files, columns } = await lake.stateAt(input.name, this.#context.claim.inputs[input.name] ?? -1);
    evolve(input.name, columns, lakeColumns(input));
    return this.#readable.of(
      lake.table(input.name),
      [...files.values()].filter((file) => needed(file.partition)),
    );
  }
}

const workOf = ({ kind, partitions }: BuildTask): MergeWork =>
  kind === 'rebuild' ? { kind, partitions } : { kind: kind === 'remerge' ? kind : 'merge' };
