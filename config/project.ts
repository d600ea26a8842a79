import { project } from '../core/builders.ts';
import { nightly } from '../pipelines/nightly.pipeline.ts';

/** The project that ships with Strata: a payments company. */
export default project({
  name: 'payments',
  pipelines: [nightly],
  sqlFolder: 'warehouse-sql',
});
