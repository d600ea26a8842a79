import { inject } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    full: boolean;
    /** True for `npm run docs`. */
    writeDocs: boolean;
  }
}

/** True for `npm run test:full`: every moment and many repetitions, where the ordinary run takes a few. */
export const fullRun: boolean = inject('full');
