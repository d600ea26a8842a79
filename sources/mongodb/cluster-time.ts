import { type Db, type Document, MongoServerError, Timestamp } from 'mongodb';
import { type Instant, instantFromMillis, microsOf } from '../../core/instant.ts';

/** The server's order and time at one moment. */
export interface ServerMoment {
  /**
   * The cluster time (seconds * 2^32 + increment) where the server has an oplog; else the server's clock in microseconds,
   * which is smaller, so that a server which becomes a replica set only moves forward.
   */
  readonly position: bigint;
  readonly at: Instant;
}

const COMMAND_NOT_FOUND = 59;

export async function serverMoment(db: Db): Promise<ServerMoment> {
  const hello = await db.command({ hello: 1 }).catch((error: unknown) => {
    if (error instanceof MongoServerError && error.code === COMMAND_NOT_FOUND) return db.command({ isMaster: 1 });
    throw error;
  });
  const at = instantFromMillis((hello.localTime as Date | undefined)?.getTime() ?? Date.now());
  const time = clusterTime(hello);
  return { position: time === undefined ? microsOf(at) : time, at };
}

function clusterTime(hello: Document): bigint | undefined {
  const time = hello.operationTime ?? hello.lastWrite?.opTime?.ts ?? hello.$clusterTime?.clusterTime;
  return time instanceof Timestamp ? (BigInt(time.high >>> 0) << 32n) | BigInt(time.low >>> 0) : undefined;
}
