import type { BackfillSummary } from '../workflows/backfill.workflow.ts';
import type { PublicationSummary } from '../workflows/publish.workflow.ts';
import type { RunSummary } from '../workflows/run.workflow.ts';
import { bytes, duration } from './human.ts';
import { textTable } from './text-table.ts';

/** What a run did, as a table per dataset and one line about the warehouse. */
export function printSummary(summary: RunSummary | BackfillSummary | PublicationSummary): string {
  const { pipeline, cut, published, datasets } = summary;
  const rows = datasets.map((d) => [
    d.dataset,
    d.state,
    d.rowsIn,
    d.rowsOut,
    d.quarantined,
    bytes(d.bytes),
    (d.millis / 1000).toFixed(1),
  ]);
  const header = ['dataset', 'state', 'rows in', 'rows out', 'quarantined', 'bytes', 'seconds'];
  const ingests = 'ingests' in summary ? [`${summary.ingests} ingests, ${summary.skipped} intervals skipped`] : [];
  const warehouse = published
    ? `published cut ${published.cut}: ${published.tables} tables, ${published.rows} rows, ${duration(published.millis)}`
    : `cut ${cut}; nothing is published`;
  const notes = ('notes' in summary ? (summary.notes ?? []) : []).map((n) => `note: ${n.dataset}: ${n.message}`);
  const table = rows.length > 0 ? [textTable(header, rows), ''] : [];
  const what = 'interval' in summary ? `${pipeline} ${summary.interval}` : pipeline;
  return [...table, ...notes, what, ...ingests, warehouse].join('\n');
}
