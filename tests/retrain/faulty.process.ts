import { loadSettings } from '../../config/settings.ts';
import type { Retraining } from '../../core/retraining.ts';
import { served } from './bank.fixture.ts';
import { FAULTS, serveActivities } from './faulty-worker.ts';

// A worker that kills itself in the named activity: nothing of its process is left, as after a crash.
const { activity, changes } = JSON.parse(process.env.STRATA_TEST_FAULT!) as {
  activity: string;
  changes: Partial<Retraining>;
};
await serveActivities(loadSettings(), served(changes), { activity, act: FAULTS.dies });
process.stdout.write('serving\n');
