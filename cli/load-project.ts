import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StrataError } from '../core/errors.ts';
import type { Project } from '../core/project.ts';

const HINT = 'Give --project or STRATA_PROJECT: a file whose default export is project({...}).';

/**
 * @param path absolute; TypeScript or JavaScript
 * @throws bad_settings when there is no such file, bad_definition when it holds no project
 */
export async function loadProject(path: string): Promise<Project> {
  if (!existsSync(path)) throw new StrataError('bad_settings', 'There is no project file', { where: path, hint: HINT });
  const module = await import(pathToFileURL(path).href).catch((cause) => {
    if (cause instanceof StrataError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    const commonJs = message.includes('Cannot require() ES Module');
    const hint = 'Write "type": "module" into the package.json of its folder, or name it .mts.';
    throw new StrataError('bad_definition', `The project does not load: ${message}`, {
      where: path,
      cause,
      ...(commonJs && { hint }),
    });
  });
  const project = (module as { default?: unknown }).default;
  if (isProject(project)) return project;
  throw new StrataError('bad_definition', 'The default export of the project file is no project', {
    where: path,
    hint: HINT,
  });
}

function isProject(value: unknown): value is Project {
  if (typeof value !== 'object' || value === null) return false;
  const { name, pipelines, sqlFolder } = value as Partial<Record<keyof Project, unknown>>;
  return typeof name === 'string' && Array.isArray(pipelines) && typeof sqlFolder === 'string';
}

/** The project's SQL folder is relative to the folder that holds `config/`, or to the project file's own. */
export function sqlRootOf(path: string, { sqlFolder }: Project): string {
  const folder = dirname(path);
  const root = basename(folder) === 'config' ? dirname(folder) : folder;
  return resolve(root, sqlFolder);
}
