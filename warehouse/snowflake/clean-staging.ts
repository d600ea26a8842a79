import { attemptName } from './attempt.ts';
import type { RunOptions, SnowflakeClient } from './client.ts';
import { name, own, ownSchema } from './names.ts';
import { internalStage, runFolder } from './stages.ts';
import { type Staging, stagingTable } from './staging.ts';

/** Removes what an attempt staged. */
export async function cleanUp(
  client: SnowflakeClient,
  staging: Staging,
  tables: number,
  run: RunOptions,
): Promise<void> {
  for (let index = 0; index < tables; index++) {
    await client.run(`DROP TABLE IF EXISTS ${stagingTable(staging, index)}`, run);
  }
  if (staging.uploads) await client.run(`REMOVE @${internalStage(staging)}/${runFolder(staging)}`, run);
}

/** Removes what attempts that began before this moment left; a live one that is that slow loses its files and fails. */
export async function cleanLeftovers(
  client: SnowflakeClient,
  staging: Staging,
  before: Date,
  run: RunOptions,
): Promise<void> {
  const oldest = attemptName(before, '').slice(0, 'yyyymmddThhmmss'.length);
  const { place } = staging;
  const schema = `${name(place.database)}.${name(ownSchema(place))}`;
  const tables = await client.run(`SHOW TABLES LIKE 'STAGING_%' IN SCHEMA ${schema}`, run);
  const at = tables.columns.findIndex((c) => c.name === 'name');
  for (const row of tables.rows) {
    const began = /^STAGING_(\d{8}T\d{6})_/.exec(String(row[at]))?.[1];
    if (began !== undefined && began < oldest)
      await client.run(`DROP TABLE IF EXISTS ${own(place, String(row[at]))}`, run);
  }
  if (!staging.uploads) return;
  const files = await client.run(`LIST @${internalStage(staging)}/runs/`, run);
  const runs = new Set(files.rows.map((row) => /(?:^|\/)runs\/(\d{8}T\d{6}_\w+)\//.exec(String(row[0]))?.[1]));
  for (const old of runs) {
    if (old !== undefined && old < oldest) await client.run(`REMOVE @${internalStage(staging)}/runs/${old}/`, run);
  }
}
