// Who may import whom, types included: docs/architecture.md, Folders. What only counts at run time (cycles, packages of
// pure code) is in .dependency-cruiser.runtime.cjs. Tests may import anything.
require('./.dependency-cruiser.swc.cjs').acceptUsing();

const BELOW_ACTIVITIES = ['core', 'engine', 'sources', 'lake', 'transform', 'quality', 'warehouse', 'drift', 'ml', 'config'];
const BELOW_WORKERS = [...BELOW_ACTIVITIES, 'activities', 'workflows'];

const MAY_IMPORT = {
  core: [],
  engine: ['core'],
  sources: ['core', 'engine'],
  lake: ['core', 'engine'],
  transform: ['core', 'engine'],
  quality: ['core', 'engine'],
  warehouse: ['core', 'engine'],
  drift: ['core', 'engine'],
  ml: ['core', 'engine'],
  // Types only: the run-time rules refuse the rest.
  workflows: ['core', 'activities'],
  activities: BELOW_ACTIVITIES,
  workers: BELOW_WORKERS,
  cli: [...BELOW_WORKERS, 'workers', 'services'],
  config: ['core'],
  services: ['core', 'config'],
  models: ['core'],
  pipelines: ['core', 'models'],
};

const OWN = Object.keys(MAY_IMPORT);
const any = (folders) => `^(${folders.join('|')})/`;
/** config/project.ts is the project's, the rest of config/ the framework's. */
const PROJECT = '^(models|pipelines|demo)/|^config/project[.]';
const FRAMEWORK = OWN.filter((folder) => !['models', 'pipelines'].includes(folder));

const directions = Object.entries(MAY_IMPORT).map(([from, to]) => ({
  name: `imports-of-${from}`,
  comment: `${from}/ may import ${to.length ? to.join(', ') : 'nothing'} besides itself (docs/architecture.md, Folders).`,
  severity: 'error',
  from: { path: any([from]), pathNot: '^config/project[.]' },
  to: { path: any([...OWN, 'demo', 'benchmarks', 'tests']), pathNot: any([from, ...to]) },
}));

module.exports = {
  forbidden: [
    ...directions,
    {
      name: 'framework-knows-no-project',
      comment: 'The framework finds config/project.ts by its path, so that another project brings its own.',
      severity: 'error',
      from: { path: any(FRAMEWORK), pathNot: PROJECT },
      to: { path: PROJECT },
    },
    {
      name: 'resolvable',
      comment: 'The imported file or package does not exist.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-packages',
      comment: 'A package that package.json does not declare for production is missing after a production install.',
      severity: 'error',
      from: { path: any(OWN) },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'], pathNot: 'node_modules/@types/' },
    },
  ],
  options: require('./.dependency-cruiser.swc.cjs').OPTIONS,
};
