import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to the n-th statement that a client sends. */
export type Fault =
  /** It is not sent, and nothing after it: the client died before. */
  | { readonly at: number; readonly kind: 'dies before' }
  /** It is executed, its answer and everything after it are lost: the client died, or is cut off for good. */
  | { readonly at: number; readonly kind: 'dies after' }
  /** It is executed, this one answer is lost. */
  | { readonly at: number; readonly kind: 'answer lost' }
  /** The client sleeps with this statement in its hand until `wake`. */
  | { readonly at: number; readonly kind: 'sleeps' };

/** Stands between Snowflake's client and the server, sees every statement and does one of them harm. */
export class CuttingProxy {
  readonly statements: string[] = [];
  /** What was sent with each of them, such as its QUERY_TAG. */
  readonly parameters: Readonly<Record<string, unknown>>[] = [];
  readonly #target: URL;
  #fault: Fault | undefined;
  /** From a death to the next fault: whoever comes is the dead one. */
  #cutOff = false;
  /** Sessions of the dead. Their client does not know it, and repeats its last statement for hours. */
  readonly #dead = new Set<string>();
  #wake: (() => void) | undefined;
  #slept: (() => void) | undefined;
  readonly #server = createServer((incoming, outgoing) => void this.#pass(incoming, outgoing));

  private constructor(target: string) {
    this.#target = new URL(target);
  }

  static async before(target: string): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on statements are counted anew, from 0. */
  arm(fault?: Fault): void {
    this.#fault = fault;
    this.#cutOff = false;
    this.statements.length = 0;
    this.parameters.length = 0;
  }

  /** Resolves when the statement to sleep at has come. */
  sleeps(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#wake) resolve();
      this.#slept = resolve;
    });
  }

  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await read(incoming);
    const session = incoming.headers.authorization;
    if (this.#cutOff || (session !== undefined && this.#dead.has(session))) {
      incoming.socket.destroy();
      return;
    }
    const fault = this.#fault;
    const hit = incoming.url?.startsWith('/queries/v1/query-request') && this.#counts(body) === fault?.at;
    if (hit && fault?.kind === 'dies before') {
      this.#bury(session);
      incoming.socket.destroy();
      return;
    }
    if (hit && fault?.kind === 'sleeps') {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#slept?.();
      });
    }
    if (hit && fault?.kind !== 'sleeps') this.#fault = undefined;
    const { status, headers, text } = await this.#forward(incoming, body);
    // Only now: the client must not look for the server before its statement is through.
    if (hit && fault?.kind === 'dies after') this.#bury(session);
    if (hit && fault?.kind !== 'sleeps') {
      incoming.socket.destroy();
      return;
    }
    outgoing.writeHead(status, headers).end(text);
  }

  #bury(session: string | undefined): void {
    this.#cutOff = true;
    if (session !== undefined) this.#dead.add(session);
  }

  #counts(body: Buffer): number {
    const { sqlText, parameters = {} } = JSON.parse(body.toString()) as { sqlText: string; parameters?: object };
    this.parameters.push({ ...parameters });
    return this.statements.push(sqlText) - 1;
  }

  #forward(incoming: IncomingMessage, body: Buffer) {
    return new Promise<{ status: number; headers: IncomingMessage['headers']; text: Buffer }>((resolve, reject) => {
      const { method, url, headers } = incoming;
      const { hostname, port } = this.#target;
      const sent = request({ hostname, port, method, path: url, headers }, async (answer) => {
        resolve({ status: answer.statusCode ?? 500, headers: answer.headers, text: await read(answer) });
      });
      sent.on('error', reject).end(body);
    });
  }
}

async function read(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
