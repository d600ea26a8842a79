import type {
  Challenger,
  Comparison,
  Decision,
  DriftSummary,
  Ending,
  NoticeEvent,
  ResolvedRetraining,
} from '../activities/retrain/retrain.types.ts';
import type { DecisionDesk } from './retrain-decision.ts';
import type { RetrainingLog } from './retrain-log.ts';
import type { Notices } from './retrain-notices.ts';

/** What came of a retraining, short enough to read in the UI. */
export interface RetrainingSummary {
  readonly model: string;
  readonly outcome: Exclude<Ending, 'failed' | 'cancelled'>;
  readonly drift: DriftSummary;
  readonly challenger: Challenger | undefined;
  readonly comparison: Comparison | undefined;
  readonly decision: Decision | undefined;
  readonly champion: number | null;
}

type Outcome = RetrainingSummary['outcome'];
type Found = Partial<Pick<RetrainingSummary, 'challenger' | 'comparison' | 'decision'>>;

/** What all steps of a retraining share. */
export interface Loop {
  readonly resolved: ResolvedRetraining;
  readonly log: RetrainingLog;
  readonly desk: DecisionDesk;
  readonly notices: Notices;
}

/** How a retraining that has looked for drift ends. Where nothing else is said, the champion stays. */
export class Endings {
  readonly #loop: Loop;
  readonly #drift: DriftSummary;

  constructor(loop: Loop, drift: DriftSummary) {
    this.#loop = loop;
    this.#drift = drift;
  }

  quiet(outcome: Outcome, found: Found = {}, champion = this.#loop.resolved.champion): RetrainingSummary {
    this.#loop.log.enter(outcome);
    const { challenger, comparison, decision } = found;
    const { model } = this.#loop.resolved;
    return { model, outcome, drift: this.#drift, challenger, comparison, decision, champion };
  }

  /** The webhook is told. */
  told(outcome: Outcome & NoticeEvent, text: string, found?: Found, champion?: number | null): RetrainingSummary {
    this.#loop.notices.tell(this.#loop.resolved, outcome, text);
    return this.quiet(outcome, found, champion);
  }

  /** Somebody else moved the champion. @param holder who it is now */
  superseded(holder: number | null, found: Found): RetrainingSummary {
    const text = `Somebody ${holder === null ? 'withdrew the champion' : `made version ${holder} champion`} meanwhile`;
    this.#loop.log.add('champion', text);
    return this.told('superseded', text, found, holder);
  }
}
