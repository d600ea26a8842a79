import { nextEpochs } from '../../core/claims.ts';
import { refuseOlderSnapshot } from '../../core/coverage.ts';
import type { SourceDataset } from '../../core/dataset.ts';
import { StrataError } from '../../core/errors.ts';
import type { Interval } from '../../core/interval.ts';
import { lakeColumns } from '../../core/lake-columns.ts';
import type { Claim, LedgerEntry, PartitionEntry, Version } from '../../core/ledger.ts';
import { ingestScope } from '../../core/scopes.ts';
import type { TableState } from '../../lake/table-state.ts';
import type { Activities } from './activities.ts';
import { COUNTS } from './build-attempt.ts';
import type { ClaimWatch } from './claim-watch.ts';
import type { Count } from './count.ts';
import { lookAt } from './look.ts';
import type { Process } from './processes.ts';
import type { Actor } from './scheduler.ts';
import type { SharedLake } from './shared-lake.ts';
import { bronzePartition, type Look, observe } from './toy-observe.ts';
import { bronzeMerchant } from './toy-project.ts';
import { digestOf, groupBy } from './toy-rows.ts';
import type { World } from './world.ts';

export interface Ingested {
  readonly look: Look | undefined;
  /** Partition -> the content version that a cut must hold. */
  readonly wanted: Record<string, Version>;
}

/** Brings what the source shows into bronze, under a claim. */
export class Ingests {
  readonly #lake: SharedLake;
  readonly #world: World;
  readonly #activities: Activities;
  readonly #claims: ClaimWatch;
  readonly #count: Count;
  readonly #nextNumber: () => number;

  constructor(
    lake: SharedLake,
    world: World,
    activities: Activities,
    claims: ClaimWatch,
    count: Count,
    nextNumber: () => number,
  ) {
    this.#lake = lake;
    this.#world = world;
    this.#activities = activities;
    this.#claims = claims;
    this.#count = count;
    this.#nextNumber = nextNumber;
  }

  /** Fenced, it claims again, unless it was cancelled. */
  async ingest(actor: Actor, source: SourceDataset, range: Interval): Promise<Ingested> {
    const name = `ingest ${source.name}`;
    for (;;) {
      const claim = await this.#activities.run(actor, `claim ${name}`, async ({ open }) => {
        const { ledger } = await open(source.name).load();
        const scopes = nextEpochs(ledger, [ingestScope(source.name, range)]);
        const run = `${name} ${this.#nextNumber()}`;
        return { dataset: source.name, scopes, inputs: {}, contentHash: source.name, run };
      });
      this.#claims.open(claim);
      try {
        const look = await this.#activities.run(actor, name, (process) => this.#attempt(process, source, range, claim));
        const { ledger } = this.#lake.newest(source.name);
        const wanted = Object.fromEntries([...ledger.partitions].map(([p, s]) => [p, s.contentVersion]));
        return { look, wanted };
      } catch (error) {
        if (!(error instanceof StrataError) || error.code !== 'fenced') throw error;
        this.#count('ingest fenced');
        if (this.#claims.isCancelled(claim)) return { look: undefined, wanted: {} };
      }
    }
  }

  async #attempt(
    { open, actor }: Process,
    source: SourceDataset,
    range: Interval,
    claim: Claim,
  ): Promise<Look | undefined> {
    const table = open(source.name);
    const known = (await table.load()).ledger;
    const look = lookAt(this.#world, source, range, known);
    await actor!.linger('has looked');
    if (!look) return undefined;
    this.#claims.stage(claim, look);
    const { twin, entry } = await table.commit({
      claim,
      partitions: [],
      columns: lakeColumns(source),
      prepare: async (state) => this.#prepare(look, claim, state),
    });
    if (twin) this.#count('twin');
    return this.#claims.staged(claim, entry.coverage!);
  }

  #prepare(look: Look, claim: Claim, state: TableState) {
    const { source, coverage } = look;
    const { files } = this.#lake;
    if (source === bronzeMerchant) refuseOlderSnapshot(source.name, state.ledger, String(look.position));
    const rows = groupBy(observe(look, files.rowsOf(state)), (row) => bronzePartition(source, row));
    const partitions: Record<string, PartitionEntry> = {};
    for (const [partition, added] of rows) {
      const all = [...files.rowsOf(state, partition), ...added];
      partitions[partition] = { digest: digestOf(source, all), rows: all.length };
    }
    const adds = [...rows].map(([partition, added]) => files.write(partition, added));
    const entry: LedgerEntry = { format: 1, kind: 'ingest', claim, partitions, coverage, counts: COUNTS };
    return { adds, removes: [], entry };
  }
}
