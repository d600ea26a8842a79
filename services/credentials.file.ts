import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Keys of the development servers: made once per data folder, readable by its owner only. */
export interface Credentials {
  postgresPassword: string;
  s3AccessKeyId: string;
  s3SecretAccessKey: string;
}

export function loadCredentials(dataDir: string): Credentials {
  const path = join(dataDir, 'credentials.json');
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Credentials;
  const made: Credentials = {
    postgresPassword: randomBytes(18).toString('hex'),
    s3AccessKeyId: `STRATA${randomBytes(7).toString('hex').toUpperCase()}`,
    s3SecretAccessKey: randomBytes(24).toString('hex'),
  };
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(path, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  return made;
}
