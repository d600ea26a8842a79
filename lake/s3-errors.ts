import { StrataError } from '../core/errors.ts';

interface S3Fault {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

export const statusOf = (error: unknown): number | undefined => (error as S3Fault)?.$metadata?.httpStatusCode;

const DENIED = ['AccessDenied', 'InvalidAccessKeyId', 'SignatureDoesNotMatch', 'ExpiredToken', 'Forbidden'];
const NETWORK = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'TimeoutError',
  'AbortError',
];

/** A failure of S3 as StrataError: `access_denied`, `unreachable` or `storage`. @param where endpoint and object: `http://host:port s3://bucket/key`. */
export function s3Error(error: unknown, doing: string, where: string): StrataError {
  if (error instanceof StrataError) return error;
  const fault = error as S3Fault;
  const name = fault?.name ?? '';
  const status = statusOf(error);
  const details = { where, cause: error };
  if (DENIED.includes(name) || status === 401 || status === 403) {
    const hint = 'Check the access key, the secret key and what they may do in this bucket.';
    return new StrataError('access_denied', `S3 refused to ${doing}: ${name || status}`, { ...details, hint });
  }
  if (name === 'NoSuchBucket') {
    const hint = 'Create the bucket, or correct the address of the lake.';
    return new StrataError('storage', 'The bucket does not exist', { ...details, hint, kind: 'terminal' });
  }
  if (NETWORK.includes(fault?.code ?? '') || NETWORK.includes(name)) {
    const hint =
      'Start it (`npx strata dev --lake s3` starts one for development), or correct STRATA_S3_ENDPOINT and STRATA_S3_REGION.';
    const [address] = where.split(' s3://');
    return new StrataError('unreachable', `S3 does not answer at ${address} (${fault.code ?? name})`, {
      ...details,
      hint,
    });
  }
  const text = `S3 failed to ${doing}: ${name} ${fault?.message ?? ''}`.trimEnd();
  const asked = status !== undefined && status >= 400 && status < 500 && status !== 429 && status !== 408;
  return new StrataError('storage', text, { ...details, kind: asked ? 'terminal' : 'transient' });
}
