import { datasetsOf } from '../core/graph.ts';
import type { Project } from '../core/project.ts';
import { quarantineTable } from '../core/quarantine.ts';
import { scoreTable } from '../core/scoring.ts';
import { DRIFT_TABLE } from './commit-drift.ts';

/** Names of the tables that a project's work writes: its datasets, what they quarantine, scores, checks of drift. */
export function everyTable(project: Project): string[] {
  const datasets = datasetsOf(project).map(({ name }) => name);
  const scores = (project.retrainings ?? []).map(({ model }) => scoreTable(model));
  return [...datasets, ...datasets.map(quarantineTable), ...scores, DRIFT_TABLE];
}
