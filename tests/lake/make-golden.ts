import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LEDGER_FORMAT } from '../../core/ledger.ts';
import { FileStore } from '../../lake/file-store.ts';
import { openTable } from '../../lake/table.ts';
import { plainState } from './plain-state.ts';
import { commitSomething, dice } from './random-ledger.ts';

/**
 * Writes the golden lake of the present ledger format, once: `npx tsx tests/lake/make-golden.ts`. Never change one that was
 * released; a new format gets a new folder beside it, and all of them must stay readable.
 */
const COMMITS = 25;
const folder = fileURLToPath(new URL(`../golden/ledger-format-${LEDGER_FORMAT}`, import.meta.url));
const exists = await access(folder).then(
  () => true,
  () => false,
);
if (exists) throw new Error(`${folder} exists`);
const store = new FileStore(join(folder, 'lake'));
const table = openTable(store, 'dev', 'silver.payment', { checkpointEvery: 10 });
const roll = dice(2026);
for (let i = 0; i < COMMITS; i++) await commitSomething(table, roll, `attempt-${i}`);
const states = [];
for (const version of [0, 8, 9, 15, COMMITS - 1]) {
  states.push(plainState(await openTable(store, 'dev', 'silver.payment').loadAt(version)));
}
await writeFile(join(folder, 'expected.json'), `${JSON.stringify(states, null, 1)}\n`);
