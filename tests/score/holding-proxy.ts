import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A page of updates; everything else that is said to MongoDB here is far shorter. */
const LARGE = 200_000;

/** Passes on what is said to MongoDB, up to the middle of the large message of this number; then it says nothing more. */
export class HoldingProxy {
  readonly #server = createServer((socket) => this.#pass(socket));
  readonly #sockets = new Set<Socket>();
  readonly #target: URL;
  readonly #last: number;
  #large = 0;
  held = false;

  private constructor(target: URL, last: number) {
    this.#target = target;
    this.#last = last;
  }

  static async open(target: string, { last }: { last: number }): Promise<HoldingProxy> {
    const proxy = new HoldingProxy(new URL(target), last);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    const url = new URL(this.#target);
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname);
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
    }
    // Bytes of the message that is being passed; each begins with its length.
    let left = 0;
    client.on('data', (chunk) => {
      if (this.held) return;
      for (let at = 0; at < chunk.length; ) {
        if (left === 0) {
          left = chunk.readInt32LE(at);
          if (left > LARGE) this.#large += 1;
        }
        const here = Math.min(left, chunk.length - at);
        left -= here;
        at += here;
      }
      this.held = this.#large >= this.#last;
      server.write(chunk);
    });
    server.pipe(client);
    server.on('close', () => client.destroy());
    client.on('close', () => server.destroy());
  }
}
