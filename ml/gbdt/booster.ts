import { averagePrecision, logLoss } from '../metrics.ts';
import { Prng } from '../prng.ts';
import { addTree, logistic, type Tree } from '../tree-ensemble.ts';
import { Crew } from './crew.ts';
import { Grower, type Grown } from './grower.ts';
import type { TrainingMemory } from './memory.ts';
import { drawSample, OP } from './participant.ts';

export interface Iteration {
  /** From 1 on. */
  readonly trees: number;
  /** On the validation set; undefined without one. */
  readonly metric: number | undefined;
}

export interface Boosted {
  readonly trees: readonly Tree[];
  /** Metric after each tree, dropped ones included. */
  readonly history: readonly number[];
  readonly aborted: boolean;
}

/** Adds tree after tree, each fitted to what the ones before leave over. @param pause called after each tree */
export async function boost(memory: TrainingMemory, pause: (at: Iteration) => Promise<void> | void): Promise<Boosted> {
  const crew = new Crew(memory);
  try {
    return await new Booster(crew).run(pause);
  } finally {
    crew.end();
  }
}

class Booster {
  readonly #crew: Crew;
  readonly #memory: TrainingMemory;
  readonly #prng: Prng;
  readonly #validation: Float64Array;
  readonly #start: number;
  /** Log odds of rows, where a tree does not see them all. */
  readonly #scores: Float64Array;

  constructor(crew: Crew) {
    const { memory } = crew;
    this.#crew = crew;
    this.#memory = memory;
    this.#prng = new Prng(memory.seed);
    const positives = memory.target.reduce((sum, label) => sum + label, 0);
    const share = positives / memory.rows;
    const { positiveWeight } = memory.params;
    memory.weight[0] = positiveWeight === 'balanced' ? (1 - share) / share : positiveWeight;
    this.#start = Math.log(share / (1 - share));
    memory.odds.fill(share / (1 - share));
    this.#leaveOdds();
    this.#scores = new Float64Array(memory.params.rowShare < 1 ? memory.rows : 0);
    this.#validation = new Float64Array(memory.validation?.target.length ?? 0);
  }

  async run(pause: (at: Iteration) => Promise<void> | void): Promise<Boosted> {
    const { params, validation } = this.#memory;
    drawSample(this.#memory, this.#prng);
    this.#crew.perform(OP.bin);
    const grower = new Grower(this.#crew);
    const trees: Tree[] = [];
    const history: number[] = [];
    let best = 0;
    while (trees.length < params.trees && !this.#crew.aborted) {
      this.#crew.perform(OP.gradients);
      this.#chooseFeatures();
      const rows = this.#chooseRows();
      const grown = grower.grow(rows, trees.length === 0 ? this.#start : 0);
      const { tree } = grown;
      // Where no leaf can be split any more, more trees would all be empty; with a draw of rows the next may not be.
      const empty = tree.feature.length === 0;
      if (empty && trees.length > 0 && rows === this.#memory.rows && params.featureShare === 1) break;
      trees.push(tree);
      this.#moveOdds(grown, rows);
      if (validation) {
        addTree(this.#validation, tree, validation.columns);
        history.push(this.#metric(validation.target));
        if (this.#better(history.at(-1)!, history[best]!)) best = history.length - 1;
      }
      await pause({ trees: trees.length, metric: history.at(-1) });
      if (validation && params.earlyStopping > 0 && trees.length - 1 - best >= params.earlyStopping) break;
    }
    const kept = validation && params.earlyStopping > 0 ? trees.slice(0, best + 1) : trees;
    return { trees: kept, history, aborted: this.#crew.aborted };
  }

  #better(metric: number, than: number): boolean {
    return this.#memory.params.metric === 'log_loss' ? metric < than : metric > than;
  }

  #metric(target: Uint8Array): number {
    if (this.#memory.params.metric === 'average_precision') return averagePrecision(this.#validation, target);
    return logLoss(this.#validation.map(logistic), target);
  }

  #chooseFeatures(): void {
    const { allowed, columns, params } = this.#memory;
    if (params.featureShare === 1) return;
    const count = Math.max(1, Math.round(columns.length * params.featureShare));
    allowed.fill(0);
    for (const feature of this.#prng.sample(columns.length, count)) allowed[feature] = 1;
  }

  /** @returns how many of `order` the tree sees */
  #chooseRows(): number {
    const { order, rows, params } = this.#memory;
    if (params.rowShare === 1) {
      allRows(order);
      return rows;
    }
    const drawn = this.#prng.sample(rows, Math.max(2, Math.round(rows * params.rowShare)));
    order.set(drawn);
    return drawn.length;
  }

  /** What the next gradients begin with. */
  #moveOdds({ tree, leaves }: Grown, rows: number): void {
    const { odds, columns, leafEnds, leafFactors } = this.#memory;
    if (rows === this.#memory.rows) {
      const byPlace = [...leaves].sort((a, b) => a.begin - b.begin);
      for (const [place, { end, output }] of byPlace.entries()) {
        leafEnds[place] = end;
        leafFactors[place] = Math.exp(output);
      }
      return;
    }
    // Rows that the tree was not grown from lie in no leaf.
    addTree(this.#scores, tree, columns);
    for (let row = 0; row < odds.length; row++) odds[row] = Math.exp(this.#scores[row]!);
    this.#leaveOdds();
  }

  #leaveOdds(): void {
    const { order, rows, leafEnds, leafFactors } = this.#memory;
    allRows(order);
    leafEnds[0] = rows;
    leafFactors[0] = 1;
  }
}

function allRows(order: Int32Array): void {
  for (let row = 0; row < order.length; row++) order[row] = row;
}
