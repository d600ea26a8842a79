import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import type { Interval } from '../core/interval.ts';

/** What workflows are found by. Never encrypted by Temporal: names and dates only. */
export const SEARCH_ATTRIBUTES = {
  pipeline: defineSearchAttributeKey('StrataPipeline', 'KEYWORD'),
  dataset: defineSearchAttributeKey('StrataDataset', 'KEYWORD'),
  env: defineSearchAttributeKey('StrataEnv', 'KEYWORD'),
  from: defineSearchAttributeKey('StrataFrom', 'KEYWORD'),
  /** The first moment that no longer belongs to the range. */
  to: defineSearchAttributeKey('StrataTo', 'KEYWORD'),
  state: defineSearchAttributeKey('StrataState', 'KEYWORD'),
} as const;

/** Set by the server on workflows that a schedule started: the nominal time. */
export const SCHEDULED_START = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

export interface Described {
  readonly env: string;
  readonly pipeline?: string;
  readonly dataset?: string;
  readonly interval?: Interval;
}

export function searchAttributesOf({ env, pipeline, dataset, interval }: Described): SearchAttributePair[] {
  const { env: envKey, pipeline: pipelineKey, dataset: datasetKey, from, to } = SEARCH_ATTRIBUTES;
  return [
    { key: envKey, value: env },
    ...(pipeline === undefined ? [] : [{ key: pipelineKey, value: pipeline }]),
    ...(dataset === undefined ? [] : [{ key: datasetKey, value: dataset }]),
    ...(interval === undefined
      ? []
      : [
          { key: from, value: day(interval.start) },
          { key: to, value: day(interval.end) },
        ]),
  ];
}

/** The date alone where the moment is midnight. */
const day = (at: string): string => (at.endsWith('T00:00:00.000000Z') ? at.slice(0, 10) : at);
