import { Context } from '@temporalio/activity';
import { StrataError } from '../core/errors.ts';
import type { PublishedCut, WaitOptions, Warehouse } from '../warehouse/warehouse.ts';
import { withAttempt } from './attempt.ts';
import type { PublishInput, PublishResult } from './converge.types.ts';
import type { Platform } from './platform.ts';
import { heldCut, publicationOf } from './publication.ts';

/** The difference is computed again from what the warehouse then holds. */
const TRIES = 5;

export function createPublishActivities(platform: Platform) {
  /** The cut that a warehouse holds; null: none. */
  async function published({ pipeline, to }: Pick<PublishInput, 'pipeline' | 'to'>): Promise<PublishedCut | null> {
    return (await platform.warehouse(to)).published(pipeline);
  }

  /** Loads a cut into a warehouse; one that holds it, or a later one, is left as it is unless going back is asked for. */
  async function publish(input: PublishInput): Promise<PublishResult> {
    const { pipeline, to, cut } = input;
    const started = Date.now();
    const context = Context.current();
    const warehouse: Warehouse = await platform.warehouse(to);
    const waiting: WaitOptions = {
      signal: context.cancellationSignal,
      onWait: (message) => context.heartbeat(message),
    };
    return withAttempt(platform.temp, async ({ directory }) => {
      for (let tries = 1; ; tries += 1) {
        const held = await warehouse.published(pipeline, waiting);
        const known = await heldCut(platform, pipeline, held);
        const there = known && (input.from === undefined ? known.number >= cut : known.number === cut);
        if (there) return { cut: known.number, tables: 0, rows: 0, millis: Date.now() - started };
        refuseMoved(input, held);
        try {
          const publication = await publicationOf(platform, { pipeline, held, to: cut, directory });
          const result = await warehouse.publish(publication, {
            ...waiting,
            onStep: (step) => context.heartbeat(step),
          });
          const rows = result.tables.reduce((sum, { inserted }) => sum + inserted, 0);
          const note = held && !known ? replacedWhole(to, held) : undefined;
          const millis = Date.now() - started;
          return { cut: result.cut, tables: result.tables.length, rows, millis, ...(note && { note }) };
        } catch (error) {
          const lost = error instanceof StrataError && error.code === 'conflict';
          if (!lost || tries === TRIES) throw error;
        }
      }
    });
  }

  return { published, publish };
}

export type PublishActivities = ReturnType<typeof createPublishActivities>;

/** An attempt that slept while others published must not go back over what they did: nobody asked for that. */
function refuseMoved({ pipeline, to, cut, from }: PublishInput, held: PublishedCut | null): void {
  if (from === undefined || (from?.number === held?.number && from?.id === held?.id)) return;
  throw new StrataError('conflict', `${pipeline}: ${to} moved to cut ${held?.number} before cut ${cut} was published`, {
    hint: 'If you still want to go back, pause the schedule and ask again.',
    kind: 'terminal',
  });
}

const replacedWhole = (to: string, { number }: PublishedCut): string =>
  `${to} held cut ${number} of another lake, or of this one before it was emptied or restored: every table was replaced whole`;
