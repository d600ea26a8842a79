import { upsertSearchAttributes } from '@temporalio/workflow';
import { control, publishActivities } from './activity-proxies.ts';
import { endedBy } from './failures.ts';
import { Progress } from './progress.ts';
import type { RunSummary } from './run.workflow.ts';
import { searchAttributesOf } from './search-attributes.ts';

export type PublicationSummary = Omit<RunSummary, 'interval'>;

/** A cut that a person names, into the warehouse: an earlier one takes back a bad publication. */
export async function publish(input: unknown): Promise<PublicationSummary> {
  const progress = new Progress('publication');
  try {
    progress.enter('resolving');
    const { env, pipeline, publishTo: to, cut } = await control.resolvePublication({ input });
    upsertSearchAttributes(searchAttributesOf({ env, pipeline }));
    progress.expect(1);
    progress.enter('publishing');
    const from = await publishActivities(env).published({ pipeline, to });
    const published = await publishActivities(env).publish({ pipeline, to, cut, from });
    if (published.note !== undefined) progress.note(to, published.note);
    progress.step();
    progress.enter('done');
    const { notes } = progress;
    return { pipeline, cut, published, datasets: [], ...(notes.length > 0 && { notes }) };
  } catch (error) {
    throw endedBy(error, progress);
  }
}
