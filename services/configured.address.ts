import { connect } from 'node:net';
import { StrataError } from '../core/errors.ts';
import type { AddressOf, ServiceAddresses, ServiceName } from './service.types.ts';

/** The address that the caller configured for this server, if any. */
export function configuredAddress(
  name: ServiceName,
  configured: Partial<ServiceAddresses>,
): AddressOf[ServiceName] | undefined {
  const { temporal, temporalUi = '', postgresUrl, mongodbUrl, s3 } = configured;
  switch (name) {
    case 'temporal':
      return temporal === undefined ? undefined : { temporal, temporalUi };
    case 'postgres':
      return postgresUrl === undefined ? undefined : { postgresUrl };
    case 'mongodb':
      return mongodbUrl === undefined ? undefined : { mongodbUrl };
    case 's3':
      return s3 === undefined ? undefined : { s3 };
    // A real account is the platform's setting, never a development server.
    case 'snowflake':
      return undefined;
  }
}

const CONNECT_TIMEOUT_MS = 5_000;
const DEFAULT_PORT: Record<ServiceName, number> = {
  temporal: 7233,
  postgres: 5432,
  mongodb: 27017,
  s3: 443,
  snowflake: 443,
};

/** Throws when nothing listens at a configured address; what listens there is for its client to judge. */
export async function checkConfigured(name: ServiceName, address: AddressOf[ServiceName]): Promise<void> {
  const { host, port } = hostOf(name, address);
  // The members of mongodb+srv:// are found through DNS by the driver.
  if (host === undefined) return;
  const problem = await new Promise<Error | undefined>((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS });
    const end = (error?: Error) => {
      socket.destroy();
      resolve(error);
    };
    socket.once('connect', () => end());
    socket.once('timeout', () => end(new Error('no answer in time')));
    socket.once('error', end);
  });
  if (!problem) return;
  throw new StrataError('unreachable', `The configured ${name} server ${host}:${port} does not answer`, {
    where: problem.message,
    hint: 'Start it, correct its address, or remove the setting: then Strata starts a server of its own.',
  });
}

function hostOf(name: ServiceName, address: AddressOf[ServiceName]): { host: string | undefined; port: number } {
  const text =
    'temporal' in address
      ? `temporal://${address.temporal}`
      : 'postgresUrl' in address
        ? address.postgresUrl
        : 'mongodbUrl' in address
          ? address.mongodbUrl
          : 's3' in address
            ? address.s3.endpoint
            : address.snowflake.url;
  // Connection strings may name several hosts, which no URL can; the first one will do.
  const match = /^([a-z0-9+]+):\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^:/?,]+)(?::(\d+))?/i.exec(text);
  if (!match?.[2]) {
    throw new StrataError('bad_settings', `The configured address of ${name} is malformed`, {
      hint: 'Give host:port for Temporal, postgres://user:password@host:port/database, mongodb://host:port or http(s)://host:port for S3.',
    });
  }
  const host = match[1] === 'mongodb+srv' ? undefined : match[2].replace(/^\[|\]$/g, '');
  return { host, port: Number(match[3] ?? (match[1] === 'http' ? 80 : DEFAULT_PORT[name])) };
}
