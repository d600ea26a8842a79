import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { HOST } from './port.check.ts';
import type { ServerPlan } from './server.plan.ts';
import type { ServiceContext } from './service.context.ts';
import type { SnowflakeAddress } from './service.types.ts';
import { findSnowflakeStandIn } from './snowflake.standin.ts';

/** Snowflake gives up a silent transaction that is in the way after five minutes; here nobody wants to wait so long. */
const GIVE_UP_SECONDS = 1;

export async function planSnowflake(
  context: ServiceContext,
  ports: { snowflake: number },
): Promise<ServerPlan<'snowflake'>> {
  const folder = join(context.dataDir, 'snowflake');
  mkdirSync(folder, { recursive: true });
  const program = await findSnowflakeStandIn(context);
  const keys = keyPair(folder);
  const keep = context.durable ? 'keep' : 'memory';
  const snowflake: SnowflakeAddress = {
    url: `http://${HOST}:${ports.snowflake}`,
    account: 'standin',
    user: 'strata',
    privateKeyPath: keys.privateKey,
    role: 'strata_loader',
    warehouse: 'strata_wh',
    database: 'analytics',
  };
  return {
    label: program.label,
    address: { snowflake },
    launch: {
      name: 'snowflake',
      command: program.command,
      args: [...program.args, String(ports.snowflake), folder, keys.publicKey, keep, String(GIVE_UP_SECONDS)],
      ports: [{ port: ports.snowflake, setting: 'STRATA_DEV_SNOWFLAKE_PORT' }],
      stopSignal: 'SIGTERM',
      readyTimeoutMs: 60_000,
      ready: () => listens(ports.snowflake),
    },
  };
}

/** Made once per data folder, as a user of the real one makes it; the private key is readable by its owner only. */
function keyPair(folder: string): { privateKey: string; publicKey: string } {
  const paths = { privateKey: join(folder, 'rsa_key.p8'), publicKey: join(folder, 'rsa_key.pub') };
  if (existsSync(paths.publicKey)) return paths;
  const made = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  writeFileSync(paths.privateKey, made.privateKey, { mode: 0o600 });
  writeFileSync(paths.publicKey, made.publicKey);
  return paths;
}

function listens(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: HOST, port, timeout: 2_000 });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
    socket.once('timeout', () => reject(new Error('no answer in time')));
  });
}
