import type { Db, Document } from 'mongodb';

/** A line of a database server's log that says that something went wrong. */
export interface ErrorLine {
  readonly at: Date;
  readonly severity: string;
  readonly state: string | null;
  readonly message: string;
  readonly statement: string | null;
}

const SEVERE = { $in: ['ERROR', 'FATAL', 'PANIC'] };

/** Error logs of a user on a database, oldest first. Served by the index on user, dbname and lines.error_severity. */
export function errorLogs(db: Db, { user, database }: { user: string; database: string }): Promise<ErrorLine[]> {
  return db
    .collection('log')
    .aggregate<ErrorLine>([
      { $match: { user, dbname: database, 'lines.error_severity': SEVERE } },
      { $unwind: '$lines' },
      { $match: { 'lines.error_severity': SEVERE } },
      {
        $project: {
          _id: 0,
          at: '$lines.timestamp',
          severity: '$lines.error_severity',
          state: { $ifNull: ['$lines.state_code', null] },
          message: '$lines.message',
          statement: { $ifNull: ['$lines.statement', null] },
        },
      },
      { $sort: { at: 1, message: 1 } },
    ])
    .toArray();
}

/** The operating systems that most sessions came from, with the number of their sessions. */
export function mostUsedOperatingSystems(db: Db, limit = 5): Promise<{ os: string; sessions: number }[]> {
  return db
    .collection('user_interaction')
    .aggregate<{ os: string; sessions: number }>([
      { $match: { 'device.os': { $type: 'string' } } },
      { $group: { _id: '$device.os', sessions: { $sum: 1 } } },
      { $sort: { sessions: -1, _id: 1 } },
      { $limit: limit },
      { $project: { _id: 0, os: '$_id', sessions: 1 } },
    ])
    .toArray();
}

/** What one customer wrote about one merchant, newest first. Served by the index on customer_id and rating. */
export function reviewsOf(db: Db, { merchant, customer }: { merchant: string; customer: string }): Promise<Document[]> {
  return db
    .collection('customer_review')
    .find({ customer_id: customer, merchant_id: merchant })
    .sort({ timestamp: -1, _id: 1 })
    .toArray();
}
