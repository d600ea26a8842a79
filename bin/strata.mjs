#!/usr/bin/env node
// A clone runs its TypeScript as it is, so that `npx strata` needs no build and never runs an old one; an installed
// package has only dist/. A project's own files may be TypeScript in both cases: tsx loads them.
import { existsSync } from 'node:fs';

const source = new URL('../cli/main.ts', import.meta.url);
const built = new URL('../dist/cli/main.js', import.meta.url);

const tsx = await import('tsx/esm/api').catch(() => undefined);
if (tsx === undefined) {
  console.error('Strata is not installed yet.\n  do: Run `npm ci` in the folder of package.json.');
  process.exit(2);
}
tsx.register();
// Said by the AWS SDK at every start on Node 20; the package's own `engines` says what Node it needs.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
const { main } = await import((existsSync(source) ? source : built).href);
await main(process.argv);
