// `npm run bench`: installs what is missing, then runs the benchmarks' TypeScript.
import { ensureInstalled } from '../services/ensure-installed.mjs';

ensureInstalled();
const { register } = await import('tsx/esm/api');
register();
const { main } = await import('./bench.ts');
process.exit(await main(process.argv.slice(2)));
