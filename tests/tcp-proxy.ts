import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between clients and a server; what becomes of the bytes of a connection is the subclass's. */
export abstract class TcpProxy {
  readonly #server = createServer((socket) => this.#connect(socket));
  readonly #sockets = new Set<Socket>();
  #target: URL;

  protected constructor(target: string) {
    this.#target = new URL(target);
  }

  /** Passes on, or not, what either side says. */
  protected abstract pass(client: Socket, server: Socket): void;

  protected async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    const url = new URL(this.#target);
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  /** Connections that come are led to another server; those that are there stay. */
  leadTo(target: string): void {
    this.#target = new URL(target);
  }

  /** Ends every connection there is. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #connect(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname);
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
    }
    this.pass(client, server);
    server.on('close', () => client.destroy());
    client.on('close', () => server.destroy());
  }
}
