import { loadSettings } from '../../config/settings.ts';
import { startWorker } from '../../workers/worker.ts';
import { served } from '../retrain/bank.fixture.ts';
import { scoring } from './bank.scoring.ts';

// A worker in a process of its own, so that a test can kill it.
const worker = await startWorker(loadSettings({ dev: false }), served({ scoring }));
process.stdout.write('serving\n');
await worker.finished;
