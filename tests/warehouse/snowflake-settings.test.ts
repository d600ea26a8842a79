import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { SnowflakeOptions } from '../../warehouse/snowflake/connection-options.ts';
import { openSnowflakeWarehouse } from '../../warehouse/snowflake/snowflake-warehouse.ts';
import { freshName } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { SESSION } from './company.fixture.ts';

await describeWith(['snowflake'], 'settings of Snowflake that name what is not there', ({ snowflake }) => {
  const ask = (wrong: Partial<SnowflakeOptions>) =>
    openSnowflakeWarehouse({
      connection: { ...snowflake, schema: freshName('dev'), patienceMillis: 5000, ...wrong },
      session: SESSION,
    }).published('p');

  it.each([
    [{ role: 'nobody' }, 'STRATA_SNOWFLAKE_ROLE'],
    [{ warehouse: 'nowhere' }, 'STRATA_SNOWFLAKE_WAREHOUSE'],
    [{ database: 'nothing' }, 'STRATA_SNOWFLAKE_DATABASE'],
  ])('%o are refused at once, and the setting is named', async (wrong, setting) => {
    const error = await ask(wrong).then(
      () => undefined,
      (e) => e,
    );
    expect(error).toMatchObject({ code: 'bad_settings' });
    expect(error.describe()).toContain(setting);
  });

  it('so is a key that is not the user’s', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'strata-key-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const privateKeyPath = join(folder, 'other.p8');
    await writeFile(privateKeyPath, privateKey);
    await expect(ask({ privateKeyPath })).rejects.toMatchObject({ code: 'access_denied' });
  });

  it('an encrypted key opens with its passphrase only', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'strata-key-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const privateKeyPath = join(folder, 'encrypted.p8');
    const privateKeyPassphrase = 'open sesame';
    const key = createPrivateKey(await readFile(snowflake.privateKeyPath));
    const protectedBy = { cipher: 'aes-256-cbc', passphrase: privateKeyPassphrase };
    await writeFile(privateKeyPath, key.export({ type: 'pkcs8', format: 'pem', ...protectedBy }));
    expect(await ask({ privateKeyPath, privateKeyPassphrase })).toBeNull();
    for (const wrong of [{}, { privateKeyPassphrase: 'open barley' }]) {
      const error = await ask({ privateKeyPath, ...wrong }).then(
        () => undefined,
        (e) => e,
      );
      expect(error).toMatchObject({ code: 'bad_settings' });
      expect(error.describe()).toContain('STRATA_SNOWFLAKE_PRIVATE_KEY_PASSPHRASE');
    }
  });

  it('a server that is not there is no silence', async () => {
    await expect(ask({ url: 'http://127.0.0.1:9' })).rejects.toMatchObject({ code: 'unreachable', kind: 'transient' });
  });
});
