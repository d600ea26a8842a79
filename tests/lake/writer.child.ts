import { StrataError } from '../../core/errors.ts';
import { FileStore } from '../../lake/file-store.ts';

/** Writes objects of a given size until one fails; prints the failure as JSON. */
const [folder = '', bytes = '0'] = process.argv.slice(2);
const store = new FileStore(folder);
process.stdout.write('ready\n');
for (let i = 0; i < 1000; i++) {
  try {
    await store.putIfAbsent(`objects/${i}`, 'x'.repeat(Number(bytes)));
  } catch (error) {
    const { code, kind, message, hint } = error as StrataError;
    process.stdout.write(`${JSON.stringify({ typed: error instanceof StrataError, code, kind, message, hint })}\n`);
    break;
  }
}
