import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dayNumber, nightAfter } from '../../demo/demo.days.ts';
import type { PlainInput } from '../plain/plain.ts';
import type { BenchCompany } from './bench-company.ts';
import { type Limits, type Night, type Side, WAREHOUSE } from './side.ts';

const SCRIPT = fileURLToPath(new URL('../plain/plain.ts', import.meta.url));

/** The plain script in a process of its own. Timed by itself, so that starting Node does not count against it. */
export function plainSide({ company, extensions }: BenchCompany, { memory }: Limits): Side {
  return {
    name: 'plain',
    async load(folder, day) {
      mkdirSync(join(folder, 'warehouse'), { recursive: true });
      const input: PlainInput = {
        folder,
        warehouse: join(folder, WAREHOUSE),
        oltp: company.sources.oltp,
        app: company.sources.app,
        extensions,
        // Half of the machine, as all sessions of a worker together have by default.
        memory: memory ?? `${Math.floor(totalmem() / 2 / 1024 ** 2)}MB`,
        threads: availableParallelism(),
        now: nightAfter(day),
        until: `${dayNumber(day + 1)}T00:00:00Z`,
      };
      const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), SCRIPT, JSON.stringify(input)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      const [code] = await once(child, 'close');
      if (code !== 0) throw new Error(`The plain script ended with ${code}`);
      return JSON.parse(said) as Night;
    },
  };
}
