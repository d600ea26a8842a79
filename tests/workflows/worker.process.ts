import { loadSettings } from '../../config/settings.ts';
import { startWorker } from '../../workers/worker.ts';
import { served } from './shop.served.ts';

// A worker in a process of its own, so that a test can kill it or put it to sleep.
const worker = await startWorker(loadSettings(), served);
process.stdout.write('serving\n');
process.once('SIGTERM', () => worker.stop());
await worker.finished;
process.exit(0);
