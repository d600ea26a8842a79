import type { z } from 'zod';
import type { Dataset } from './dataset.ts';
import { StrataError } from './errors.ts';
import { type Instant, instant } from './instant.ts';
import { GRAINS, type Grain } from './interval.ts';
import type { View } from './view.ts';
import { WORKFLOW_TYPES } from './workflow-ids.ts';

export interface Schedule {
  /** Five fields, UTC. */
  readonly cron: string;
  readonly timezone: 'UTC';
}

/** A named set of datasets with a schedule; everything upstream of them comes along. */
export interface Pipeline {
  readonly name: string;
  readonly description: string;
  readonly start: Instant;
  readonly grain: Grain;
  readonly schedule: Schedule | undefined;
  readonly datasets: readonly Dataset[];
  /** Made anew in the warehouse by each publication. */
  readonly views: readonly View[];
  readonly params: z.ZodObject | undefined;
  readonly publish: { readonly to: string; readonly openPartitions: boolean } | undefined;
}

export interface PipelineDefinition {
  /** The workflow type's name too. */
  name: string;
  description: string;
  /** First day that exists for this pipeline. */
  start: string;
  interval: Grain;
  schedule?: Schedule;
  datasets: Dataset[];
  views?: View[];
  /** What runs and backfills may be told. A boolean `fullRefresh` that is true builds all of the range again. */
  params?: z.ZodObject;
  /** `to`: a warehouse named in the settings. `openPartitions`: publish days that are not over yet; default false. */
  publish?: { to: string; openPartitions?: boolean };
}

export function pipeline(definition: PipelineDefinition): Pipeline {
  const { name } = definition;
  if (!/^[a-z][a-z0-9_]*$/.test(name)) {
    throw new StrataError('bad_definition', `Pipeline name ${JSON.stringify(name)} is not lower_snake_case`);
  }
  if (WORKFLOW_TYPES.some((type) => type === name)) {
    throw new StrataError('bad_definition', `A pipeline cannot be named ${name}: that is another workflow`, {
      where: name,
      hint: `Taken are ${WORKFLOW_TYPES.join(', ')}.`,
    });
  }
  if (!GRAINS.includes(definition.interval)) {
    throw new StrataError('bad_definition', `${name}: interval ${definition.interval} is unknown`, {
      hint: `Valid: ${GRAINS.join(', ')}.`,
    });
  }
  return {
    name,
    description: definition.description,
    start: instant(definition.start),
    grain: definition.interval,
    schedule: definition.schedule,
    datasets: definition.datasets,
    views: definition.views ?? [],
    params: definition.params,
    publish: definition.publish && {
      to: definition.publish.to,
      openPartitions: definition.publish.openPartitions ?? false,
    },
  };
}
