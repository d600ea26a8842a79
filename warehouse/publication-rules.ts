import { StrataError } from '../core/errors.ts';
import type { Publication, PublicationResult, PublishedTable } from './warehouse.ts';

/** @returns the result where there is nothing to do. @throws conflict when the difference does not start at the warehouse's cut. */
export function judge(publication: Publication, cut: number | null): PublicationResult | undefined {
  const { fromCut, toCut, allowEarlier } = publication;
  if (cut === toCut) return { outcome: 'current', cut, tables: [] };
  if (cut !== null && cut > toCut && !allowEarlier) return { outcome: 'newer', cut, tables: [] };
  if (cut !== fromCut) throw wrongCut(publication, cut);
  return undefined;
}

export function wrongCut(publication: Publication, found: number | null): StrataError {
  const at = (cut: number | null) => (cut === null ? 'no cut' : `cut ${cut}`);
  return new StrataError(
    'conflict',
    `${publication.pipeline}: the warehouse is at ${at(found)}, the difference starts at ${at(publication.fromCut)}`,
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
