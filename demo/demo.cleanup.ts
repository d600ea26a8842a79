/** What was started, ended in the opposite order, each whether or not the others end well. */
export class Cleanup {
  readonly #steps: { readonly name: string; readonly end: () => Promise<unknown> }[] = [];

  add(name: string, end: () => Promise<unknown>): void {
    this.#steps.push({ name, end });
  }

  async run(): Promise<void> {
    if (this.#steps.length > 0) console.log('\nstopping');
    for (const { name, end } of this.#steps.reverse()) {
      await end().catch((error) =>
        console.error(`${name} did not end well: ${error instanceof Error ? error.message : error}`),
      );
    }
    this.#steps.length = 0;
  }
}
