import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset, DerivedDataset, SourceDataset } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import { checkGraph, datasetNamed, datasetsOf, type Part } from '../core/graph.ts';
import type { Project } from '../core/project.ts';
import { type BoundView, bindView } from '../engine/bind-views.ts';
import { canonicalSql } from '../engine/canonical-sql.ts';
import { contentHash, sourceContentHash } from '../engine/content-hash.ts';
import type { Session } from '../engine/session.ts';
import { compileRowChecks } from '../quality/row-checks.ts';
import type { AsOfKey, RowCheck } from '../transform/build-input.ts';

interface Definition {
  readonly dataset: Dataset;
  readonly sqlText: string;
  readonly rowChecks: readonly RowCheck[];
  readonly hash: string;
}

/** What a project's datasets mean, read once: SQL texts, row checks, content hashes, views. */
export class Definitions {
  readonly #project: Project;
  readonly #known: ReadonlyMap<string, Definition>;
  readonly #views: ReadonlyMap<string, readonly BoundView[]>;

  private constructor(
    project: Project,
    known: ReadonlyMap<string, Definition>,
    views: ReadonlyMap<string, readonly BoundView[]>,
  ) {
    this.#project = project;
    this.#known = known;
    this.#views = views;
  }

  /** @throws bad_definition: a shape that does not fit, a SQL file that is missing or cannot be parsed */
  static async load(project: Project, sqlRoot: string, session: Session): Promise<Definitions> {
    checkGraph(project);
    const known = new Map<string, Definition>();
    for (const dataset of datasetsOf(project)) {
      const rowChecks = compileRowChecks(dataset);
      if (dataset.kind === 'source') {
        known.set(dataset.name, { dataset, sqlText: '', rowChecks, hash: sourceContentHash(dataset) });
        continue;
      }
      const sqlText = await readSql(sqlRoot, dataset);
      const canonical = await canonicalSql(session, sqlText, dataset.sql);
      known.set(dataset.name, { dataset, sqlText, rowChecks, hash: contentHash(dataset, canonical, rowChecks) });
    }
    const views = new Map<string, BoundView[]>();
    for (const pipeline of project.pipelines) {
      const bound: BoundView[] = [];
      for (const view of pipeline.views) bound.push(await bindView(session, project, pipeline, view, sqlRoot));
      views.set(pipeline.name, bound);
    }
    return new Definitions(project, known, views);
  }

  hash(dataset: string): string {
    return this.#of(dataset).hash;
  }

  /** Of the derived datasets of a part. */
  hashes(part: Part): Record<string, string> {
    return Object.fromEntries(part.derived.map(({ name }) => [name, this.hash(name)]));
  }

  sqlText(dataset: string): string {
    return this.#of(dataset).sqlText;
  }

  rowChecks(dataset: string): readonly RowCheck[] {
    return this.#of(dataset).rowChecks;
  }

  /** What a pipeline shows in the warehouse beside its tables. */
  views(pipeline: string): readonly BoundView[] {
    return this.#views.get(pipeline) ?? [];
  }

  isSource(name: string): boolean {
    return this.#of(name).dataset.kind === 'source';
  }

  /** @throws bad_input for a name that is not of a source */
  source(name: string): SourceDataset {
    const dataset = datasetNamed(this.#project, name);
    if (dataset.kind === 'source') return dataset;
    throw new StrataError('bad_input', `${name} is built from other datasets; only source datasets are ingested`);
  }

  /** @throws bad_input for a name that is not of a derived dataset */
  derived(name: string): DerivedDataset {
    const dataset = datasetNamed(this.#project, name);
    if (dataset.kind === 'derived') return dataset;
    throw new StrataError('bad_input', `${name} is a source dataset; it is ingested, not built`);
  }

  /** By which columns others read this dataset `asOf`; undefined when nobody does. */
  asOfKey(name: string): AsOfKey | undefined {
    for (const { dataset } of this.#known.values()) {
      if (dataset.kind !== 'derived') continue;
      for (const { dataset: input, mapping } of Object.values(dataset.inputs)) {
        if (input.name !== name || mapping.kind !== 'asOf') continue;
        return { columns: Object.keys(mapping.on), validFrom: mapping.validFrom };
      }
    }
    return undefined;
  }

  #of(name: string): Definition {
    const definition = this.#known.get(name) ?? this.#known.get(datasetNamed(this.#project, name).name);
    if (!definition) throw new StrataError('internal', `${name} has no definition`);
    return definition;
  }
}

async function readSql(sqlRoot: string, dataset: DerivedDataset): Promise<string> {
  try {
    return await readFile(join(sqlRoot, dataset.sql), 'utf8');
  } catch (cause) {
    throw new StrataError('bad_definition', `${dataset.name}: its SQL file cannot be read`, {
      where: join(sqlRoot, dataset.sql),
      hint: 'Create it, or correct `sql` of the dataset; paths start below the SQL folder.',
      cause,
    });
  }
}
