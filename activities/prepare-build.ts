import { type Claim, LEDGER_FORMAT, type LedgerEntry, type PartitionEntry } from '../core/ledger.ts';
import type { Prepared } from '../lake/table-commit.ts';
import type { TableState } from '../lake/table-state.ts';
import type { BuildOutput } from '../transform/build-output.ts';
import type { BuildTask } from './converge.types.ts';
import type { Uploads } from './upload.ts';

export interface PrepareInput {
  readonly task: BuildTask;
  readonly claim: Claim;
  readonly base: TableState;
  readonly output: BuildOutput;
  readonly uploads: Uploads;
  /** Milliseconds since the epoch. */
  readonly started: number;
}

/** Uploads what a build made and says what its commit changes. */
export async function prepareBuild({ task, claim, base, output, uploads, started }: PrepareInput): Promise<Prepared> {
  const written = output.partitions.filter((p) => p.mode !== 'keep');
  const adds = await uploads.data(
    written.flatMap(({ partition, files }) => files.map((file) => ({ partition, file }))),
  );
  const tombstones = output.tombstones && (await uploads.side('tombstones.parquet', output.tombstones));
  const { keyChanges } = output;
  const keyChangesPath = keyChanges && (await uploads.side('key-changes.parquet', keyChanges));
  const partitions = partitionsOf(output);
  const entry: LedgerEntry = {
    format: LEDGER_FORMAT,
    kind: task.kind === 'replace' ? 'replace' : 'merge',
    claim,
    partitions,
    ...(task.kind === 'rebuild' && { rebuilt: task.partitions }),
    ...(task.kind === 'remerge' && { rebuilt: Object.keys(partitions) }),
    ...((task.kind === 'merge' || task.kind === 'remerge') && { merged: task.inputPartitions }),
    counts: { ...output.counts, bytes: uploads.bytes, millis: Date.now() - started },
    ...(output.audits.length > 0 && { audits: output.audits }),
    ...(tombstones !== undefined && { tombstones }),
    ...(keyChanges &&
      keyChangesPath !== undefined && {
        keyChanges: { path: keyChangesPath, rows: keyChanges.rows, from: keyChanges.from, to: keyChanges.to },
      }),
  };
  return { adds, removes: removesOf(base, output), entry };
}

const partitionsOf = ({ partitions }: BuildOutput): Record<string, PartitionEntry> =>
  Object.fromEntries(partitions.map(({ partition, digest, rows }) => [partition, { digest, rows }]));

function removesOf(base: TableState, output: BuildOutput): string[] {
  const replaced = new Set(output.partitions.filter((p) => p.mode === 'replace').map((p) => p.partition));
  return [...base.files.values()].filter((file) => replaced.has(file.partition)).map((file) => file.path);
}
