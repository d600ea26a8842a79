import payments from '../../config/project.ts';
import { instant } from '../../core/instant.ts';
import type { Project } from '../../core/project.ts';

/** The same company with another launch: its pipelines begin there, so that nobody waits for days before it. */
export function launchedOn(launch: string): Project {
  const start = instant(launch);
  return { ...payments, pipelines: payments.pipelines.map((pipeline) => ({ ...pipeline, start })) };
}
