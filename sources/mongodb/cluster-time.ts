import { type Db, type Document, MongoServerError, Timestamp } from 'mongodb';
import { type Instant, instantFromMillis, microsOf } from '../../core/instant.ts';

/** The server's order and time at one moment. */
export interface ServerMoment {
  /**
   * The cluster time where the server has an oplog, see positionOf; else the server's clock in microseconds, which is
   * smaller, so that a server which becomes a replica set only moves forward.
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
  return time instanceof Timestamp ? positionOf(BigInt(time.high >>> 0), BigInt(time.low >>> 0)) : undefined;
}

/** 2030-01-01. */
const SHORT_FROM = 1_893_456_000n;
const SHORT_BITS = 24n;
const GREATEST_SHORT = (1n << SHORT_BITS) - 1n;

/**
 * A cluster time as a whole number below 2^63, in the order of time. Seconds and increment of 32 bits each, as the server
 * writes them, would turn negative in 2038: from 2030 on the increment has 24 bits, which no server fills within a second.
 */
export function positionOf(seconds: bigint, increment: bigint): bigint {
  if (seconds < SHORT_FROM) return (seconds << 32n) | increment;
  const short = increment < GREATEST_SHORT ? increment : GREATEST_SHORT;
  return (SHORT_FROM << 32n) + ((seconds - SHORT_FROM) << SHORT_BITS) + short;
}
