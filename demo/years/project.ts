import type { Project } from '../../core/project.ts';
import { launchedOn } from './launched-on.ts';

/** Of what `demo/generate.ts --start 2023-11-01 --bootstrap 1096` writes. */
const years: Project = { ...launchedOn('2023-11-01'), sqlFolder: '../../warehouse-sql' };
export default years;
