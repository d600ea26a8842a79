import type { Socket } from 'node:net';
import { TcpProxy } from '../tcp-proxy.ts';

/** A page of updates; everything else that is said to MongoDB here is far shorter. */
const LARGE = 200_000;

/** Passes on what is said to MongoDB, up to the middle of the large message of this number; then it says nothing more. */
export class HoldingProxy extends TcpProxy {
  readonly #last: number;
  #large = 0;
  held = false;

  private constructor(target: string, last: number) {
    super(target);
    this.#last = last;
  }

  static open(target: string, { last }: { last: number }): Promise<HoldingProxy> {
    return new HoldingProxy(target, last).listen();
  }

  protected override pass(client: Socket, server: Socket): void {
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
  }
}
