import { Context } from '@temporalio/activity';
import { StrataError } from '../core/errors.ts';
import type { Publication, WaitOptions, Warehouse } from '../warehouse/warehouse.ts';
import { withAttempt } from './attempt.ts';
import type { PublishInput, PublishResult } from './converge.types.ts';
import type { Platform } from './platform.ts';
import { publicationOf } from './publication.ts';

/** The difference is computed again from what the warehouse then holds. */
const TRIES = 5;

export function createPublishActivities(platform: Platform) {
  /** Loads a cut into a warehouse; one that holds it, or a later one, is left as it is. */
  async function publish({ pipeline, to, cut }: PublishInput): Promise<PublishResult> {
    const started = Date.now();
    const context = Context.current();
    const warehouse: Warehouse = await platform.warehouse(to);
    const waiting: WaitOptions = {
      signal: context.cancellationSignal,
      onWait: (message) => context.heartbeat(message),
    };
    return withAttempt(platform.temp, async ({ directory }) => {
      for (let tries = 1; ; tries += 1) {
        const from = await warehouse.publishedCut(pipeline, waiting);
        try {
          if (from !== null && from >= cut) return { cut: from, tables: 0, rows: 0, millis: Date.now() - started };
          const publication: Publication = await publicationOf(platform, { pipeline, from, to: cut, directory });
          const result = await warehouse.publish(publication, {
            ...waiting,
            onStep: (step) => context.heartbeat(step),
          });
          const rows = result.tables.reduce((sum, { inserted }) => sum + inserted, 0);
          return { cut: result.cut, tables: result.tables.length, rows, millis: Date.now() - started };
        } catch (error) {
          const lost = error instanceof StrataError && error.code === 'conflict';
          if (!lost || tries === TRIES) throw error;
        }
      }
    });
  }

  return { publish };
}

export type PublishActivities = ReturnType<typeof createPublishActivities>;
