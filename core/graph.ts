import type { Dataset, DerivedDataset, SourceDataset } from './dataset.ts';
import { StrataError } from './errors.ts';
import type { Instant } from './instant.ts';
import { refuseUnmappable } from './mapping-rules.ts';
import type { Pipeline } from './pipeline.ts';
import type { Project } from './project.ts';
import { suggestion } from './suggest.ts';

/** What a pipeline answers for, and what it only reads. */
export interface Part {
  readonly pipeline: string;
  readonly sources: readonly SourceDataset[];
  /** Inputs before what is made from them. */
  readonly derived: readonly DerivedDataset[];
  /** Datasets of other pipelines that its own read directly. */
  readonly reads: readonly Dataset[];
}

const inputsOf = (dataset: Dataset): Dataset[] =>
  dataset.kind === 'source' ? [] : Object.values(dataset.inputs).map((input) => input.dataset);

/**
 * The datasets reachable from these, inputs before what is made from them; the order is the same for the same project.
 * @param enter whether to go on upstream of a dataset; default always
 * @throws bad_definition naming the cycle, or the name that two datasets share
 */
export function upstreamOf(roots: readonly Dataset[], enter: (dataset: Dataset) => boolean = () => true): Dataset[] {
  const done = new Map<string, Dataset>();
  const path: Dataset[] = [];
  const visit = (dataset: Dataset): void => {
    const start = path.indexOf(dataset);
    if (start >= 0) {
      const names = [...path.slice(start), dataset].map((d) => d.name).reverse();
      throw new StrataError('bad_definition', `These datasets are made from each other: ${names.join(' -> ')}`, {
        where: dataset.name,
        hint: 'Take one of the inputs out; a dataset cannot be its own input.',
      });
    }
    const known = done.get(dataset.name);
    if (known === dataset) return;
    if (known || path.some((d) => d.name === dataset.name)) {
      throw new StrataError('bad_definition', `Two datasets are named ${dataset.name}`, {
        where: dataset.name,
        hint: 'Rename one, or import the one that exists.',
      });
    }
    path.push(dataset);
    if (enter(dataset)) for (const input of inputsOf(dataset)) visit(input);
    path.pop();
    done.set(dataset.name, dataset);
  };
  for (const root of roots) visit(root);
  return [...done.values()];
}

/** All datasets of a project, inputs before what is made from them. */
export function datasetsOf(project: Project): Dataset[] {
  return upstreamOf(project.pipelines.flatMap((p) => p.datasets));
}

/**
 * Dataset name -> the pipeline that owns it: the one that lists it, else the one that needs it.
 * @throws bad_definition when two pipelines would own one
 */
export function owners(project: Project): Map<string, string> {
  refuseTwins(project);
  const owner = new Map<string, string>();
  const give = (dataset: Dataset, pipeline: Pipeline, how: string) => {
    const other = owner.get(dataset.name);
    if (other !== undefined && other !== pipeline.name) {
      throw new StrataError('bad_definition', `${dataset.name} is ${how} by both ${other} and ${pipeline.name}`, {
        where: dataset.name,
        hint: `One pipeline owns a dataset: list it in the one that should build it, and only there.`,
      });
    }
    owner.set(dataset.name, pipeline.name);
  };
  for (const pipeline of project.pipelines) for (const d of pipeline.datasets) give(d, pipeline, 'listed');
  const listed = new Map(owner);
  for (const pipeline of project.pipelines) {
    const own = (d: Dataset) => (listed.get(d.name) ?? pipeline.name) === pipeline.name;
    for (const d of upstreamOf(pipeline.datasets, own)) if (own(d)) give(d, pipeline, 'needed');
  }
  return owner;
}

/** Dataset name -> the start of the pipeline that owns it. */
export const startsOf = (project: Project): Map<string, Instant> =>
  new Map([...owners(project)].map(([dataset, owner]) => [dataset, pipelineNamed(project, owner).start]));

function refuseTwins(project: Project): void {
  const names = project.pipelines.map((p) => p.name);
  const twin = names.find((name, i) => names.indexOf(name) !== i);
  if (twin) throw new StrataError('bad_definition', `Two pipelines are named ${twin}`, { hint: 'Rename one.' });
}

/** @throws bad_input naming the valid ones */
export function pipelineNamed(project: Project, name: string): Pipeline {
  const found = project.pipelines.find((p) => p.name === name);
  if (found) return found;
  const valid = project.pipelines.map((p) => p.name);
  throw new StrataError('bad_input', `Unknown pipeline: ${name}`, { hint: suggestion(name, valid) });
}

/** @throws bad_input naming the valid ones */
export function datasetNamed(project: Project, name: string): Dataset {
  const all = datasetsOf(project);
  const found = all.find((d) => d.name === name);
  if (found) return found;
  throw new StrataError('bad_input', `Unknown dataset: ${name}`, {
    hint: suggestion(
      name,
      all.map((d) => d.name),
    ),
  });
}

/** What a pipeline owns and reads. */
export function ownedBy(project: Project, pipeline: string): Part {
  const { datasets, name } = pipelineNamed(project, pipeline);
  const owner = owners(project);
  const own = (d: Dataset) => owner.get(d.name) === name;
  const reached = upstreamOf(datasets, own);
  return {
    pipeline: name,
    sources: reached.filter((d) => own(d) && d.kind === 'source') as SourceDataset[],
    derived: reached.filter((d) => own(d) && d.kind === 'derived') as DerivedDataset[],
    reads: reached.filter((d) => !own(d)),
  };
}

/** Everything about a project's shape that needs neither data nor SQL. @throws bad_definition */
export function checkGraph(project: Project): void {
  for (const dataset of datasetsOf(project)) if (dataset.kind === 'derived') refuseUnmappable(dataset);
  owners(project);
}
