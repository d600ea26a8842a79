import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSession, type SessionOptions } from '../../engine/session.ts';
import { literal } from '../../engine/sql-text.ts';
import { enableUris } from '../attached-file.ts';
import type { PublishedTable } from '../warehouse.ts';
import type { RunOptions, SnowflakeClient } from './client.ts';
import { quoted } from './names.ts';
import { internalStage, runFolder } from './stages.ts';
import { inPlace, type Staging, urisOf } from './staging.ts';

/** Puts a table's files below the attempt's prefix; what lies on S3 comes down first. Needs no virtual warehouse. */
export async function upload(
  client: SnowflakeClient,
  staging: Staging,
  session: SessionOptions,
  index: number,
  table: PublishedTable,
  run: RunOptions,
): Promise<void> {
  const uris = urisOf(table);
  if (inPlace(staging.options, uris)) return;
  const options = 'AUTO_COMPRESS = FALSE SOURCE_COMPRESSION = NONE OVERWRITE = TRUE PARALLEL = 4';
  let count = 0;
  // A folder for each: files of two partitions may have one name. The client takes the path as it is, not as a URL.
  const put = (path: string) => {
    const target = `@${internalStage(staging)}/${runFolder(staging)}${index}/${count++}/`;
    return client.run(`PUT ${quoted(`file://${path}`)} ${target} ${options}`, run);
  };
  const local = uris.filter((uri) => !uri.startsWith('s3://'));
  for (const uri of local) await put(toPath(uri));
  const remote = uris.filter((uri) => uri.startsWith('s3://'));
  if (remote.length > 0) await viaDisk(session, remote, put);
}

const toPath = (uri: string): string => (uri.startsWith('file:') ? fileURLToPath(uri) : uri);

/** One file after the other, so that the disk holds one. */
async function viaDisk(options: SessionOptions, uris: readonly string[], put: (path: string) => Promise<unknown>) {
  const folder = await mkdtemp(join(options.tempDirectory ?? tmpdir(), 'strata-put-'));
  try {
    await using session = await openSession(options);
    await enableUris(session, uris);
    for (const [i, uri] of uris.entries()) {
      const path = join(folder, `${i}.parquet`);
      await session.run(
        `COPY (FROM read_parquet(${literal(uri)}, hive_partitioning = false)) TO ${literal(path)} (FORMAT parquet)`,
      );
      await put(path);
      await rm(path);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
