// `npm run demo`: installs what is missing, then runs the demo's TypeScript.
import { ensureInstalled } from '../services/ensure-installed.mjs';

ensureInstalled();
const { register } = await import('tsx/esm/api');
register();
const { main } = await import('./demo.ts');
process.exit(await main(process.argv.slice(2)));
