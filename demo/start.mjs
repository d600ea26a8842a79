// `npm run demo`: installs what is missing, then runs the demo's TypeScript.
import { ensureInstalled } from '../services/ensure-installed.mjs';

ensureInstalled();
const { register } = await import('tsx/esm/api');
register();
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
const { main } = await import('./demo.ts');
process.exit(await main(process.argv.slice(2)));
