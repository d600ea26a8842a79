import type { ServerLaunch } from './child.server.ts';
import type { AddressOf, ServiceName } from './service.types.ts';

/** All that is needed to start one server, and to start it again on the same ports and data. */
export interface ServerPlan<N extends ServiceName = ServiceName> {
  /** For people: which program it is. */
  label: string;
  address: AddressOf[N];
  launch: ServerLaunch;
}
