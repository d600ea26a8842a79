import type { Instant } from '../../core/instant.ts';
import { type Grain, type Interval, intervalOf, partitionAt } from '../../core/interval.ts';
import type { Project } from '../../core/project.ts';

/** Models that look for drift once a run of this pipeline is published. */
export const modelsAfter = ({ retrainings = [] }: Project, pipeline: string): string[] =>
  retrainings.filter(({ after }) => after === pipeline).map(({ model }) => model);

/** A run of an old day brings nothing new to learn from: it ends where the newest whole interval does, or starts no retraining. */
export const isLatest = ({ end }: Interval, grain: Grain, now: Instant): boolean =>
  end === intervalOf(partitionAt(now, grain), grain).start;
