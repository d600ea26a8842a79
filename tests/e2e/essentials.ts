import { fileURLToPath } from 'node:url';
import { fullRun } from '../full-run.ts';
import type { CompanyOptions } from './company.ts';
import project from './essentials.project.ts';

/** For tests of what happens to a run, whatever it builds: the essential tables, in the full run the whole project. */
export const essentials: Pick<CompanyOptions, 'project' | 'projectFile'> = fullRun
  ? {}
  : { project, projectFile: fileURLToPath(new URL('./essentials.project.ts', import.meta.url)) };
