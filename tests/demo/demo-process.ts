import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { readDevSettings } from '../../config/settings.dev.ts';

const START = fileURLToPath(new URL('../../demo/start.mjs', import.meta.url));
const SERVERS = ['TEMPORAL', 'TEMPORAL_UI', 'POSTGRES', 'MONGODB', 'S3'];

export interface DemoEnd {
  readonly code: number | null;
  readonly output: string;
}

/** `npm run demo -- ...` in a folder of its own, on free ports. */
export class DemoProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<DemoEnd>;
  readonly #folder: string;
  #output = '';

  constructor(folder: string, ...args: readonly string[]) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    // The machine's own STRATA_ settings must not decide a test.
    const own = Object.entries(process.env).filter(
      ([name]) => !/^(STRATA_(?!CACHE)|TEMPORAL_|AWS_|POSTGRES_|MONGODB_)/.test(name),
    );
    const ports = SERVERS.map((name) => [`STRATA_DEV_${name}_PORT`, '0']);
    const env = { ...Object.fromEntries([...own, ...ports]), STRATA_DATA: `${folder}/data` };
    this.child = spawn(process.execPath, [START, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk) => {
        this.#output += chunk;
      });
    }
    this.ended = once(this.child, 'close').then(([code]) => ({ code: code as number | null, output: this.#output }));
  }

  /** Resolves when it has printed this. @throws when it ends without having done so */
  async printed(text: string): Promise<void> {
    let over = false;
    this.ended.then(() => {
      over = true;
    });
    while (!this.#output.includes(text)) {
      if (over) throw new Error(`the demo ended without printing ${text}:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Addresses that it left for other commands: host and port. */
  get addresses(): { host: string; port: number }[] {
    const { STRATA_TEMPORAL_ADDRESS, STRATA_SOURCE_OLTP, STRATA_SOURCE_APP, STRATA_S3_ENDPOINT } = readDevSettings(
      this.#folder,
    );
    const urls = [`http://${STRATA_TEMPORAL_ADDRESS}`, STRATA_SOURCE_OLTP, STRATA_SOURCE_APP, STRATA_S3_ENDPOINT];
    return urls.flatMap((url) => {
      if (url === undefined) return [];
      const { hostname, port } = new URL(url.replace(/^\w+:/, 'http:'));
      return [{ host: hostname, port: Number(port) }];
    });
  }
}

export const answers = ({ host, port }: { host: string; port: number }): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
