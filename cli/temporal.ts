import { Client, Connection } from '@temporalio/client';
import type { Settings } from '../config/settings.ts';
import { StrataError } from '../core/errors.ts';
import { queueName } from '../core/queue-names.ts';

export interface TemporalLink {
  readonly client: Client;
  close(): Promise<void>;
}

/** gRPC's numbers for: took too long, not allowed, not there, nobody answers, who are you. */
const GRPC = { deadline: 4, notFound: 5, denied: 7, unavailable: 14, unauthenticated: 16 } as const;
const CONNECT_TIMEOUT = '5 seconds';

/** @throws unreachable naming the address and how to start a server; access_denied; bad_settings for a wrong namespace */
export async function connectTemporal({ temporal }: Settings): Promise<TemporalLink> {
  const { address, namespace, tls, apiKey } = temporal;
  try {
    const connection = await Connection.connect({
      address,
      tls,
      connectTimeout: CONNECT_TIMEOUT,
      ...(apiKey === undefined ? {} : { apiKey: apiKey.reveal() }),
    });
    try {
      await connection.workflowService.describeNamespace({ namespace });
    } catch (error) {
      await connection.close();
      throw error;
    }
    return { client: new Client({ connection, namespace }), close: () => connection.close() };
  } catch (cause) {
    throw temporalError(cause, { temporal });
  }
}

/** What a failed call to Temporal means to a person. */
export function temporalError(cause: unknown, { temporal }: Pick<Settings, 'temporal'>): unknown {
  const { address, namespace } = temporal;
  const code = grpcCode(cause);
  if (code === GRPC.notFound) {
    const hint = 'Set STRATA_TEMPORAL_NAMESPACE to one that exists, or create it.';
    return new StrataError('bad_settings', `Temporal has no namespace ${namespace}`, { where: address, hint, cause });
  }
  if (code === GRPC.denied || code === GRPC.unauthenticated) {
    const hint = 'Check STRATA_TEMPORAL_API_KEY and STRATA_TEMPORAL_NAMESPACE.';
    return new StrataError('access_denied', 'Temporal refuses access', { where: address, hint, cause });
  }
  const timedOut = cause instanceof Error && /connect|deadline/i.test(cause.message);
  if (code !== GRPC.unavailable && code !== GRPC.deadline && !timedOut) return cause;
  return new StrataError('unreachable', `Temporal does not answer at ${address}`, {
    where: 'STRATA_TEMPORAL_ADDRESS',
    hint: 'Start the development servers with `npx strata dev`, or point STRATA_TEMPORAL_ADDRESS at your server.',
    cause,
  });
}

function grpcCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return typeof code === 'number' ? code : grpcCode(cause);
}

/** Whether any worker asks for work: without one a run waits for ever. */
export async function workerIsThere({ client }: TemporalLink, env: string): Promise<boolean> {
  const { namespace } = client.options;
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: queueName(env, 'control') },
    taskQueueType: 1,
  });
  return (pollers ?? []).length > 0;
}
