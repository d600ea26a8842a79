import type { Client } from '@temporalio/client';
import { StrataError } from '../core/errors.ts';
import type { Context } from './context.ts';
import { withTemporal } from './temporal.ts';

/** What only Temporal knows about failures; undefined where it cannot be asked: everything else is in the lake. */
export async function askForFailures<T>(context: Context, ask: (client: Client) => Promise<T>): Promise<T | undefined> {
  try {
    return await withTemporal(context.settings, ask);
  } catch (error) {
    if (!(error instanceof StrataError) || error.code !== 'unreachable') throw error;
    context.out.note(`warning: ${error.message}: whether something failed is unknown`);
    return undefined;
  }
}
