// Only from sources: a thread does not take over what loads TypeScript in the thread that starts it.
import { register } from 'tsx/esm/api';

register();
await import('./training-thread.ts');
