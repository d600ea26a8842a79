import { Client, Connection } from '@temporalio/client';
import type { Settings } from '../config/settings.ts';
import { StrataError } from '../core/errors.ts';
import { queueName } from '../core/queue-names.ts';

/** gRPC's numbers for: took too long, not allowed, not there, nobody answers, who are you. */
const GRPC = { deadline: 4, notFound: 5, denied: 7, unavailable: 14, unauthenticated: 16 } as const;
const CONNECT_TIMEOUT = '5 seconds';

/**
 * Lends a client for as long as the work takes.
 * @throws unreachable naming the address and how to start a server; access_denied; bad_settings for a wrong namespace
 */
export async function withTemporal<T>(
  settings: Pick<Settings, 'temporal'>,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const { namespace } = settings.temporal;
  let connection: Connection | undefined;
  try {
    connection = await connect(settings);
    await connection.workflowService.describeNamespace({ namespace });
    return await work(new Client({ connection, namespace }));
  } catch (error) {
    throw temporalError(error, settings);
  } finally {
    await connection?.close();
  }
}

function connect({ temporal: { address, tls, apiKey } }: Pick<Settings, 'temporal'>): Promise<Connection> {
  const login = apiKey === undefined ? {} : { apiKey: apiKey.reveal() };
  return Connection.connect({ address, tls, connectTimeout: CONNECT_TIMEOUT, ...login });
}

/** What a failed call to Temporal means to a person. */
function temporalError(cause: unknown, { temporal }: Pick<Settings, 'temporal'>): unknown {
  if (cause instanceof StrataError) return cause;
  const { address, namespace } = temporal;
  const code = grpcCode(cause);
  if (code === GRPC.notFound && cause instanceof Error && /namespace/i.test(cause.message)) {
    const hint = 'Set STRATA_TEMPORAL_NAMESPACE to one that exists, or create it.';
    return new StrataError('bad_settings', `Temporal has no namespace ${namespace}`, { where: address, hint, cause });
  }
  if (code === GRPC.denied || code === GRPC.unauthenticated) {
    const hint = 'Check STRATA_TEMPORAL_API_KEY and STRATA_TEMPORAL_NAMESPACE.';
    return new StrataError('access_denied', 'Temporal refuses access', { where: address, hint, cause });
  }
  if (!doesNotAnswer(cause)) return cause;
  return new StrataError('unreachable', `Temporal does not answer at ${address}`, {
    where: 'STRATA_TEMPORAL_ADDRESS',
    hint: 'Start the development servers with `npx strata dev`, or point STRATA_TEMPORAL_ADDRESS at your server.',
    cause,
  });
}

/** Is this what a call says to a server that is away or overwhelmed? */
export function doesNotAnswer(error: unknown): boolean {
  const code = grpcCode(error);
  if (code === GRPC.unavailable || code === GRPC.deadline) return true;
  return error instanceof Error && /failed to connect before the deadline/i.test(error.message);
}

function grpcCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return typeof code === 'number' ? code : grpcCode(cause);
}

/** Whether any worker asks for work: without one a run waits for ever. */
export async function workerIsThere(client: Client, env: string): Promise<boolean> {
  const { namespace } = client.options;
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: queueName(env, 'control') },
    taskQueueType: 1,
  });
  return (pollers ?? []).length > 0;
}
