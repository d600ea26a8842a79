import { instant } from '../core/instant.ts';
import type { Project } from '../core/project.ts';
import payments from './project.ts';

/** The same company with another launch: its pipelines begin there, so that nobody waits for days before it. */
export function launchedOn(launch: string): Project {
  const start = instant(launch);
  return { ...payments, pipelines: payments.pipelines.map((pipeline) => ({ ...pipeline, start })) };
}

/** Of what `demo/generate.ts --start 2023-11-01 --bootstrap 1096` writes. */
export default launchedOn('2023-11-01');
