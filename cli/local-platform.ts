import type { Project } from '../core/project.ts';
import type { LocalPlatform } from '../workers/compose.ts';
import type { Context } from './context.ts';
import { sqlRootOf } from './load-project.ts';

export interface Local {
  readonly project: Project;
  readonly platform: LocalPlatform;
}

/** The lake and the definitions, for commands that only look. Needs no server but the lake's. */
export async function openLocal({ settings, project }: Context): Promise<Local> {
  const { composeLocal } = await import('../workers/compose.ts');
  const loaded = await project();
  const served = { project: loaded, sqlRoot: sqlRootOf(settings.project, loaded) };
  return { project: loaded, platform: await composeLocal(settings, served, { readOnly: true }) };
}
