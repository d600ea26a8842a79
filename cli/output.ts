/**
 * Data goes to stdout, everything said about it to stderr: a pipe gets the data and nothing else.
 * With `--json` the data is one JSON document.
 */
export class Output {
  readonly json: boolean;
  readonly #stdout: NodeJS.WritableStream;
  readonly #stderr: NodeJS.WritableStream & { isTTY?: boolean };

  constructor(json: boolean, stdout = process.stdout as NodeJS.WritableStream, stderr = process.stderr) {
    this.json = json;
    this.#stdout = stdout;
    this.#stderr = stderr;
  }

  /** Whether a person watches, so that lines may be redrawn. */
  get interactive(): boolean {
    return Boolean(this.#stderr.isTTY);
  }

  get stderr(): NodeJS.WritableStream {
    return this.#stderr;
  }

  /** @param text for people, without the last line break; made only when it is shown. */
  data(value: unknown, text: () => string): void {
    this.#stdout.write(`${this.json ? JSON.stringify(value, whole, 2) : text()}\n`);
  }

  /** What is data in itself, such as CSV or Arrow. */
  raw(data: string | Uint8Array): void {
    this.#stdout.write(data);
  }

  note(line: string): void {
    this.#stderr.write(`${line}\n`);
  }
}

/** Keys without a value stay, as null: a script finds every key of a shape. */
const whole = (_: string, value: unknown): unknown => {
  if (value === undefined) return null;
  return typeof value === 'bigint' ? value.toString() : value;
};
