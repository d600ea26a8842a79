import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { resolveDuckdbExtensions } from '../../services/duckdb.extensions.ts';
import { openSnowflakeWarehouse } from '../../warehouse/snowflake/snowflake-warehouse.ts';
import { freshName } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { SESSION, writeFiles } from './company.fixture.ts';
import { CuttingProxy } from './cutting.proxy.ts';
import { onS3 } from './on-s3.fixture.ts';
import { expectConsistent } from './subject.ts';

const extensions = await resolveDuckdbExtensions({ names: ['httpfs'] });
const httpfs = extensions.found.includes('httpfs');

await describeWith(
  ['s3', 'snowflake'],
  'a lake on S3 and an internal stage of Snowflake (stand-in)',
  ({ s3, snowflake }) => {
    it.skipIf(!httpfs)(
      `files come down one by one on their way${httpfs ? '' : ` (skipped: ${extensions.missing.httpfs})`}`,
      async () => {
        const proxy = await CuttingProxy.before(snowflake.url);
        onTestFinished(() => proxy.close());
        const folder = await mkdtemp(join(tmpdir(), 'strata-snowflake-s3-'));
        onTestFinished(() => rm(folder, { recursive: true, force: true }));
        const [files, tempDirectory] = [join(folder, 'files'), join(folder, 'down')];
        await writeFiles(files, 'sales', 3);
        await mkdir(tempDirectory);
        const warehouse = openSnowflakeWarehouse({
          connection: { ...snowflake, schema: freshName('s3'), url: proxy.url },
          session: { ...SESSION, s3, tempDirectory, extensionsDirectory: extensions.folder },
        });
        await warehouse.publish(await onS3(s3, files));
        expect(await expectConsistent(warehouse, 'sales')).toBe(3);
        const puts = proxy.statements.filter((sql) => sql.startsWith('PUT'));
        expect(puts).toHaveLength(4);
        for (const put of puts) expect(put).toContain(`'file://${tempDirectory}/strata-put-`);
        expect(await readdir(tempDirectory)).toEqual([]);
      },
    );
  },
);
