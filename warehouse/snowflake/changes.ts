import { refuseOtherStart } from '../publication-rules.ts';
import type { Attempt, Publishing } from './attempt.ts';
import { planComments } from './comments.ts';
import { type RecordedState, readLedger } from './ledger.ts';
import { finish } from './leftovers.ts';
import { published } from './names.ts';
import { after, before, planShapes, presentTables, recordedShape, within } from './table-shapes.ts';
import { planViews } from './views.ts';

/** Everything that is done to shapes, views and comments, and when. */
export interface Changes {
  readonly before: readonly string[];
  /** Within the transaction, before the rows. */
  readonly within: (fence: string) => readonly string[];
  /** Tables that are emptied within it and dropped after it. */
  readonly gone: readonly string[];
  readonly state: RecordedState;
}

/** @throws bad_definition, source_mismatch or conflict before anything is changed */
export async function planChanges({ client, place, publication }: Publishing, { run }: Attempt): Promise<Changes> {
  // Before the ledger: were it the other way round, another publisher's change would look like that of a stranger.
  let present = await presentTables(client, place, run('shape'));
  const row = await readLedger(client, place, publication.pipeline, run('ledger'));
  refuseOtherStart(publication, row.cut);
  if (row.attempt !== null && row.state.leftovers.length > 0) {
    const { attempt, state } = row;
    await finish({ client, place, pipeline: publication.pipeline }, { attempt, state }, run('leftovers'), true);
    present = await presentTables(client, place, run('shape'));
  }
  const shapes = planShapes(place, publication, present, row.state);
  const views = planViews(place, publication, row.state);
  const made = shapes.filter(({ change }) => change === undefined || change.add.length + change.rename.length > 0);
  const comments = planComments(place, publication, row.state, new Set(made.map(({ table }) => table.name)));
  const gone = (publication.dropTables ?? []).filter((table) => present.has(table));
  const dropped = (tables: readonly string[]) => tables.map((t) => `DROP TABLE IF EXISTS ${published(place, t)}`);
  return {
    before: [...shapes.flatMap((s) => before(place, s)), ...views.check, ...comments.statements],
    within: (fence) => shapes.flatMap((s) => within(place, s, fence)),
    gone,
    state: {
      tables: Object.fromEntries(publication.tables.map((t) => [t.name, recordedShape(t)])),
      views: views.state,
      comments: comments.state,
      leftovers: [
        // A view may now bear the name of a table.
        ...dropped(gone.filter((table) => table in views.state)),
        ...views.after,
        ...dropped(gone.filter((table) => !(table in views.state))),
        ...shapes.flatMap((s) => after(place, s)),
      ],
    },
  };
}
