import { type ErrorDetails, StrataError } from '../../core/errors.ts';

/** What the client's errors have in common. */
export interface SnowflakeFault {
  readonly code?: number | string;
  readonly sqlState?: string;
  readonly message?: string;
}

/** Server codes with a meaning of their own for us; everything else is judged by its class. */
const LOCK_NOT_GIVEN = new Set(['000625', '625', '000629', '629', '000610', '610', '000627', '627']);
const ACCESS = /^(3901|3902|3903|250001|003001|3001$)/;
const ROLE = new Set(['390189', '390186', '390187']);
const NO_WAREHOUSE = new Set(['000606', '606']);
const SESSION_GONE = new Set(['390104', '390111', '390112', '390114', '407001', '407002', '405503', '407003']);
const SQL = /^(00)?(0?1003|2003|2043|0?904|2002|0?1007)$/;
const TWICE = '100090';
const FULL = /suspended|quota|credit/i;

/** An error of Snowflake or its client as the project's error type. `statement`: for people, its beginning is shown. */
export function toStrataFault(error: unknown, where: string, statement = ''): StrataError {
  if (error instanceof StrataError) return error;
  const fault = error as SnowflakeFault;
  const code = String(fault.code ?? '');
  const message = (fault.message ?? String(error)).replaceAll(/\s+/g, ' ').trim();
  const shown = statement === '' ? '' : ` (${statement.replaceAll(/\s+/g, ' ').slice(0, 120)})`;
  const made = (kind: ConstructorParameters<typeof StrataError>[0], text: string, details: ErrorDetails = {}) =>
    new StrataError(kind, text, { where, cause: error, ...details });
  if (code.startsWith('ERR_OSSL')) {
    return made('bad_settings', `The private key cannot be opened: ${message}`, {
      hint: 'Set STRATA_SNOWFLAKE_PRIVATE_KEY_PASSPHRASE to its passphrase, or STRATA_SNOWFLAKE_PRIVATE_KEY_PATH to another PKCS#8 key.',
    });
  }
  if (code === TWICE) {
    return made('corrupt', `Two rows have one key: ${message}${shown}`, {
      hint: 'Rebuild the table in the lake, or correct its key. Readers keep the last cut.',
    });
  }
  if (ROLE.has(code)) {
    return made('bad_settings', `Snowflake does not know the role, or the user does not have it: ${message}`, {
      hint: 'Correct STRATA_SNOWFLAKE_ROLE, or GRANT ROLE ... TO USER ... as docs/warehouse.md shows.',
    });
  }
  if (NO_WAREHOUSE.has(code)) {
    return made('bad_settings', 'Snowflake has no such virtual warehouse, or the role may not use it', {
      hint: 'Correct STRATA_SNOWFLAKE_WAREHOUSE, or GRANT USAGE ON WAREHOUSE as docs/warehouse.md shows.',
    });
  }
  if (LOCK_NOT_GIVEN.has(code)) {
    return made('conflict', `Another transaction held a lock too long${shown}`, {
      hint: 'It is tried again. SHOW LOCKS and SHOW TRANSACTIONS say whose it is.',
    });
  }
  if (SESSION_GONE.has(code)) {
    return made('unreachable', `The session with Snowflake has ended: ${message}`, { hint: 'It is tried again.' });
  }
  if (ACCESS.test(code) || fault.sqlState === '42501') {
    return made('access_denied', `Snowflake refuses: ${message}${shown}`, {
      hint: 'Compare the key pair, user, role and grants with docs/warehouse.md.',
    });
  }
  if (/^40[127]/.test(code) || /ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|socket|network/i.test(message)) {
    return made('unreachable', `Snowflake does not answer: ${message}`, {
      hint: 'Check STRATA_SNOWFLAKE_ACCOUNT and the network; it is tried again.',
    });
  }
  if (FULL.test(message))
    return made('storage', `Snowflake refuses work: ${message}`, { hint: 'Ask its administrator.' });
  if (SQL.test(code) || fault.sqlState?.startsWith('42') === true) return made('bad_definition', `${message}${shown}`);
  return made('internal', `Snowflake ${code}: ${message}${shown}`, { kind: 'transient' });
}
