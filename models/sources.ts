import { applicationClock, mongo, postgres } from '../core/builders.ts';

/** The payments database and the document store of the web shop. */
export const oltp = postgres('oltp');
export const app = mongo('app');

/** Programs set `updated_at` and may commit a while later. */
export const oltpClock = applicationClock({ lateness: '1 hour' });
/** The storage gateway stamps a document when it takes it in and may write it hours later. */
export const appClock = applicationClock({ lateness: '6 hours' });
