import type { Output } from './output.ts';
import { type Retry, reasonOf } from './retries.ts';

/** Tells every reason once, and again when it comes back. */
export class Retries {
  readonly #out: Output;
  #told = new Set<string>();

  constructor(out: Output) {
    this.#out = out;
  }

  /** @param before called before something is printed */
  show(waiting: readonly Retry[], before: () => void = () => {}): void {
    for (const retry of waiting) {
      if (this.#told.has(reasonOf(retry))) continue;
      before();
      this.#out.note(printRetry(retry));
    }
    this.#told = new Set(waiting.map(reasonOf));
  }
}

export function printRetry({ of, attempt, message }: Retry): string {
  const [first, ...others] = of;
  const subject = others.length > 0 ? `${first} and ${others.length} more` : first;
  return `tried again (attempt ${attempt}): ${subject}: ${message}`;
}
