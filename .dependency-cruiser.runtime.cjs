// Imports that exist at run time: types are dropped before the rules look.
const { acceptUsing, dropTypes, OPTIONS } = require('./.dependency-cruiser.swc.cjs');
acceptUsing();
dropTypes();

/** Loading a project's definitions must open no driver, and workflow code runs in a sandbox without Node. */
const packagesOf = (folder, allowed) => ({
  name: `packages-of-${folder}`,
  comment: `${folder}/ may use ${allowed.join(', ')} and no other package or module of Node.`,
  severity: 'error',
  from: { path: `^${folder}/` },
  to: { path: '^(node_modules/|[^./]+$)', pathNot: `^node_modules/(${allowed.join('|')})/` },
});

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one idea, or lack a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'workflows-decide',
      comment: 'Workflow code takes only types from activities: what runs there must not get into its bundle.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^(?!workflows/|core/|node_modules/)' },
    },
    packagesOf('core', ['zod']),
    packagesOf('models', ['zod']),
    packagesOf('pipelines', ['zod']),
    packagesOf('workflows', ['@temporalio/workflow', '@temporalio/common', 'zod']),
  ],
  options: OPTIONS,
};
