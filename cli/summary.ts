import type { BackfillSummary } from '../workflows/backfill.workflow.ts';
import type { RunSummary } from '../workflows/run.workflow.ts';
import { bytes, duration } from './human.ts';
import { textTable } from './text-table.ts';

/** What a run did, as a table per dataset and one line about the warehouse. */
export function printSummary(summary: RunSummary | BackfillSummary): string {
  const { pipeline, interval, cut, published, datasets } = summary;
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
  const ingests = 'ingests' in summary ? [`${summary.ingests} ingests, ${summary.skipped} skipped`] : [];
  const warehouse = published
    ? `published cut ${published.cut}: ${published.tables} tables, ${published.rows} rows, ${duration(published.millis)}`
    : `cut ${cut}; nothing is published`;
  const notes = ('notes' in summary ? (summary.notes ?? []) : []).map((n) => `note: ${n.dataset}: ${n.message}`);
  return [textTable(header, rows), '', ...notes, `${pipeline} ${interval}`, ...ingests, warehouse].join('\n');
}
