import payments from '../../config/project.ts';
import { instant } from '../../core/instant.ts';
import type { Project } from '../../core/project.ts';

const START = instant('2023-11-01');

/** The same company with years behind it, as `demo/generate.ts --start 2023-11-01 --bootstrap 1096` writes it. */
const years: Project = {
  ...payments,
  pipelines: payments.pipelines.map((pipeline) => ({ ...pipeline, start: START })),
  sqlFolder: '../../warehouse-sql',
};
export default years;
