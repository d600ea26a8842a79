import { StrataError } from '../core/errors.ts';
import type { Publication, PublicationResult, PublishedCut, PublishedTable } from './warehouse.ts';

/** @returns the result where there is nothing to do. @throws conflict when the difference does not start at the warehouse's cut. */
export function judge(publication: Publication, held: PublishedCut | null): PublicationResult | undefined {
  const { toCut, toId = 0, allowEarlier } = publication;
  if (held?.number === toCut && held.id === toId) return { outcome: 'current', cut: toCut, tables: [] };
  if (held && held.number > toCut && !allowEarlier) return { outcome: 'newer', cut: held.number, tables: [] };
  refuseOtherStart(publication, held);
  return undefined;
}

/** @throws conflict when the difference does not start at the warehouse's cut. */
export function refuseOtherStart(publication: Publication, held: PublishedCut | null): void {
  const from = startOf(publication);
  if (held?.number !== from?.number || held?.id !== from?.id) throw wrongCut(publication, held);
}

const startOf = ({ fromCut, fromId = 0 }: Publication): PublishedCut | null =>
  fromCut === null ? null : { number: fromCut, id: fromId };

export function wrongCut(publication: Publication, found: PublishedCut | null): StrataError {
  const from = startOf(publication);
  const another = found?.number === from?.number;
  const at = (cut: PublishedCut | null) => (cut === null ? 'no cut' : `cut ${cut.number}`);
  return new StrataError(
    'conflict',
    `${publication.pipeline}: the warehouse is at ${at(found)}${another ? ' of another lake' : ''}, the difference starts at ${at(from)}`,
    { hint: 'Compute the difference again from the published cut. Nothing was written.' },
  );
}

/** @throws corrupt when files hold rows that do not belong to their partitions: the next publication of those would leave them. */
export function refuseStrayRows(table: PublishedTable, inserted: number, present: number): void {
  if (present === inserted) return;
  throw new StrataError(
    'corrupt',
    `${table.name}: of ${inserted} rows only ${present} lie in the partitions whose files hold them`,
    { where: table.name, hint: 'Rebuild these partitions in the lake. Readers keep the last cut.' },
  );
}
