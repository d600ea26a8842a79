import { z } from 'zod';
import { isInstant } from '../core/instant.ts';

const instant = z.string().refine(isInstant, 'not an instant');
const natural = z.number().int().min(0);
const epochs = z.record(z.string(), natural);
/** -1: a table that did not exist yet. */
const version = z.number().int().min(-1);

/** What a ledger entry must look like to be folded. Unknown fields of later minor versions are let through. */
export const ledgerEntryShape = z.object({
  format: natural,
  kind: z.enum(['ingest', 'merge', 'replace', 'cancel', 'quarantine', 'maintenance']),
  claim: z.object({
    dataset: z.string(),
    scopes: epochs,
    inputs: z.record(z.string(), version),
    contentHash: z.string(),
    run: z.string(),
  }),
  partitions: z.record(z.string(), z.object({ digest: z.string(), rows: natural })),
  rebuilt: z.array(z.string()).optional(),
  merged: z.array(z.string()).optional(),
  coverage: z
    .object({
      covered: z.object({ start: instant, end: instant }),
      settledTo: instant,
      position: z.string().regex(/^\d+$/),
      observedAt: instant,
    })
    .optional(),
  counts: z.object({
    rowsIn: natural,
    rowsOut: natural,
    quarantined: natural,
    bytes: natural,
    millis: z.number().min(0),
  }),
  audits: z.array(z.object({ check: z.string(), severity: z.enum(['error', 'warn']), failures: natural })).optional(),
  checked: z
    .array(z.object({ input: z.string(), version, scanned: version, partitions: z.array(z.string()) }))
    .optional(),
  tombstones: z.string().optional(),
  keyChanges: z.object({ path: z.string(), rows: natural, from: instant, to: instant.nullable() }).optional(),
});
