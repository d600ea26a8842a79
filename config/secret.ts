import { inspect } from 'node:util';

const MASK = '***';

/** A value that must not reach a log, a message or a Temporal payload by accident: only `reveal()` gives it out. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

/** `new URL` refuses the host lists of MongoDB (`mongodb://a:1,b:2/app`). */
const ADDRESS = /^([a-z][a-z0-9+]*):\/\/(?:([^:@/?]*)(?::([^@/?]*))?@)?([^/?@]+)(?:\/([^?]*))?(\?.*)?$/i;

/** A connection address, shown without its password and its query, which may hold tokens. */
export class SecretUrl extends Secret {
  /** Lower-case: `postgres`; undefined for text that is no address. */
  readonly scheme: string | undefined;
  /** Empty where the address names none. */
  readonly database: string;

  constructor(value: string) {
    super(value);
    const match = ADDRESS.exec(value);
    this.scheme = match?.[1]?.toLowerCase();
    this.database = match?.[5] ?? '';
  }

  override toString(): string {
    const match = ADDRESS.exec(this.reveal());
    if (!match) return MASK;
    const [, scheme, user, password, hosts, database, query] = match;
    const login = user ? `${user}${password === undefined ? '' : `:${MASK}`}@` : '';
    return `${scheme}://${login}${hosts}/${database ?? ''}${query ? `?${MASK}` : ''}`;
  }

  override toJSON(): string {
    return this.toString();
  }

  override [inspect.custom](): string {
    return this.toString();
  }
}
