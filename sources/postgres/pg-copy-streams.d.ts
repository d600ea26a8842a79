declare module 'pg-copy-streams' {
  import type { Readable, Writable } from 'node:stream';
  import type { Submittable } from 'pg';

  /** COPY ... FROM STDIN: write bytes, end, wait for `finish`. */
  export function from(sql: string): Writable & Submittable;
  /** COPY ... TO STDOUT: read bytes. */
  export function to(sql: string): Readable & Submittable;
}
