import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openSnowflakeWarehouse } from '../../warehouse/snowflake/snowflake-warehouse.ts';
import { freshName } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { SESSION } from './company.fixture.ts';

await describeWith(['snowflake'], 'settings of Snowflake that name what is not there', ({ snowflake }) => {
  const ask = (wrong: Partial<typeof snowflake>) =>
    openSnowflakeWarehouse({
      connection: { ...snowflake, schema: freshName('dev'), patienceMillis: 5000, ...wrong },
      session: SESSION,
    }).publishedCut('p');

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

  it('a server that is not there is no silence', async () => {
    await expect(ask({ url: 'http://127.0.0.1:9' })).rejects.toMatchObject({ code: 'unreachable', kind: 'transient' });
  });
});
