import { openSession, type Session } from '../engine/session.ts';

let shared: Promise<Session> | undefined;
let users = 0;

/**
 * A small DuckDB for checkpoints, shared by all who need one at the moment and closed after the last: nothing is left open
 * and nobody has to close it.
 */
export async function withSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
  users++;
  shared ??= openSession({ memoryLimit: '1GB', threads: 2 });
  const mine = shared;
  try {
    return await work(await mine);
  } finally {
    if (--users === 0) {
      shared = undefined;
      await mine.then((session) => session.close()).catch(() => undefined);
    }
  }
}
