import { fileURLToPath } from 'node:url';
import type { ServedProject } from '../../workers/compose.ts';
import project from './shop/project.ts';

export const served: ServedProject = { project, sqlRoot: fileURLToPath(new URL('./shop/sql', import.meta.url)) };
