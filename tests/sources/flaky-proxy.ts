import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Passes bytes on to a server and cuts every connection each time so many have come back, for the first `cuts` times. */
export class FlakyProxy {
  readonly #server = createServer((socket) => this.#pass(socket));
  readonly #sockets = new Set<Socket>();
  readonly #target: URL;
  readonly #every: number;
  #left: number;
  #passed = 0;

  private constructor(target: URL, every: number, cuts: number) {
    this.#target = target;
    this.#every = every;
    this.#left = cuts;
  }

  static async open(target: string, options: { everyBytes: number; cuts: number }): Promise<FlakyProxy> {
    const proxy = new FlakyProxy(new URL(target), options.everyBytes, options.cuts);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    const url = new URL(this.#target);
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  /** Cuts that have not happened yet. */
  get left(): number {
    return this.#left;
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
    client.pipe(server);
    server.on('data', (chunk) => {
      this.#passed += chunk.length;
      if (this.#left > 0 && this.#passed > this.#every) {
        this.#left--;
        this.#passed = 0;
        for (const socket of this.#sockets) socket.destroy();
        return;
      }
      client.write(chunk);
    });
    server.on('close', () => client.destroy());
    client.on('close', () => server.destroy());
  }
}
