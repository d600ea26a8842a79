import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { findMongo } from './mongo.program.ts';
import { HOST } from './port.check.ts';
import type { ServerPlan } from './server.plan.ts';
import type { ServiceContext } from './service.context.ts';

const REPLICA_SET = 'strata';
const STAND_IN_FILE = 'documents.mv';

/** The real mongod as a replica set of one (only that has a cluster time), or the stand-in. */
export async function planMongo(context: ServiceContext, ports: { mongodb: number }): Promise<ServerPlan<'mongodb'>> {
  const realFolder = join(context.dataDir, 'mongodb');
  const standInFolder = join(context.dataDir, 'mongodb-stand-in');
  const wrote = (folder: string, file: string) => existsSync(join(folder, file));
  const keep = wrote(realFolder, 'WiredTiger') ? 'real' : wrote(standInFolder, STAND_IN_FILE) ? 'stand-in' : undefined;
  const program = await findMongo(context, keep);
  const folder = program.real ? realFolder : standInFolder;
  mkdirSync(folder, { recursive: true });
  const port = String(ports.mongodb);
  const mongodbUrl = `mongodb://${HOST}:${port}/?directConnection=true`;
  const listen = ['--bind_ip', HOST, '--port', port, '--nounixsocket'];
  // By default it takes half of the machine's memory.
  const realArguments = [...listen, '--dbpath', folder, '--replSet', REPLICA_SET, '--wiredTigerCacheSizeGB', '0.5'];
  return {
    label: program.label,
    address: { mongodbUrl },
    launch: {
      name: 'mongodb',
      command: program.command,
      args: [...program.args, ...(program.real ? realArguments : [port, join(folder, STAND_IN_FILE)])],
      ports: [{ port: ports.mongodb, setting: 'STRATA_DEV_MONGODB_PORT' }],
      stopSignal: 'SIGTERM',
      readyTimeoutMs: 60_000,
      ready: () => answers(mongodbUrl, program.real),
    },
  };
}

async function answers(url: string, real: boolean): Promise<void> {
  const client = new MongoClient(url, {
    serverSelectionTimeoutMS: 2_000,
    connectTimeoutMS: 2_000,
    socketTimeoutMS: 5_000,
  });
  try {
    const admin = client.db('admin');
    await admin.command({ ping: 1 });
    if (real && !(await admin.command({ hello: 1 })).isWritablePrimary) {
      await admin.command({ replSetInitiate: memberOf(url) }).catch((error) => {
        // Initiated in an earlier run: it elects itself in a moment.
        if ((error as { codeName?: string }).codeName !== 'AlreadyInitialized') throw error;
      });
      throw new Error('the replica set has no primary yet');
    }
  } finally {
    await client.close();
  }
}

function memberOf(url: string) {
  return { _id: REPLICA_SET, members: [{ _id: 0, host: new URL(url).host }] };
}
