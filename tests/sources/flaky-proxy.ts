import type { Socket } from 'node:net';
import { TcpProxy } from '../tcp-proxy.ts';

/** Passes bytes on to a server and cuts every connection each time so many have come back, for the first `cuts` times. */
export class FlakyProxy extends TcpProxy {
  readonly #every: number;
  #left: number;
  #passed = 0;

  private constructor(target: string, every: number, cuts: number) {
    super(target);
    this.#every = every;
    this.#left = cuts;
  }

  static open(target: string, options: { everyBytes: number; cuts: number }): Promise<FlakyProxy> {
    return new FlakyProxy(target, options.everyBytes, options.cuts).listen();
  }

  /** Cuts that have not happened yet. */
  get left(): number {
    return this.#left;
  }

  protected override pass(client: Socket, server: Socket): void {
    client.pipe(server);
    server.on('data', (chunk) => {
      this.#passed += chunk.length;
      if (this.#left > 0 && this.#passed > this.#every) {
        this.#left--;
        this.#passed = 0;
        this.cut();
        return;
      }
      client.write(chunk);
    });
  }
}
