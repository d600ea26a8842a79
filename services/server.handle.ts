import { type ChildServer, startChild } from './child.server.ts';
import { identify } from './process.identity.ts';
import type { ServerPlan } from './server.plan.ts';
import type { ServiceContext } from './service.context.ts';
import { reportStep } from './service.report.ts';
import type { AddressOf, ServiceName } from './service.types.ts';
import { record } from './state.file.ts';

/** A server that this process started. */
export interface ServerHandle {
  name: ServiceName;
  address: AddressOf[ServiceName];
  /** Undefined once it has ended. */
  readonly pid: number | undefined;
  /** Ends it at once, as a crash would; resolves when the process is gone. Its data stay. */
  kill(): Promise<void>;
  /** Starts it on the same ports and data; ends it first if it still runs. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startServer(name: ServiceName, context: ServiceContext, plan: ServerPlan): Promise<ServerHandle> {
  let child: ChildServer | undefined;
  let wanted = true;

  const start = async () => {
    wanted = true;
    const message = `${plan.label} on ${plan.launch.ports.map(({ port }) => port).join(' and ')}`;
    const started = await reportStep(context.report, name, message, () => startChild(plan.launch, context));
    child = started;
    const owner = identify(process.pid);
    if (owner) {
      const { label, address, launch } = plan;
      record(context.dataDir, name, { server: started.identity, owner, label, address, stopSignal: launch.stopSignal });
    }
    started.ended.then(() => {
      if (child === started) child = undefined;
      if (wanted) context.report({ about: name, kind: 'failed', message: `${name} ended unexpectedly; see its log` });
    });
  };
  const end = async (signal: NodeJS.Signals) => {
    wanted = false;
    await child?.end(signal);
  };
  await start();
  return {
    name,
    address: plan.address,
    get pid() {
      return child?.identity.pid;
    },
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end(plan.launch.stopSignal);
      await start();
    },
    stop: async () => {
      await end(plan.launch.stopSignal);
      record(context.dataDir, name, undefined);
    },
  };
}
