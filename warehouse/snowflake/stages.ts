import type { RunOptions, SnowflakeClient } from './client.ts';
import { name, own, type Place, quoted } from './names.ts';
import type { Staging } from './staging.ts';

/** Stages that Strata makes: for files that it uploads, and for those that lie below STRATA_SNOWFLAKE_STAGE_URL. */
const [INTERNAL, EXTERNAL] = ['LOAD', 'LAKE'];

type Stage = Pick<Staging, 'place' | 'options'>;

/** An external stage takes no uploads: where one is set, those go to a stage of Strata's own. */
export const internalStage = ({ place, options }: Stage): string =>
  stageName(place, options.stageUrl === undefined ? (options.stage ?? INTERNAL) : INTERNAL);

export const externalStage = ({ place, options }: Stage): string => stageName(place, options.stage ?? EXTERNAL);

const stageName = (place: Place, stage: string): string =>
  stage.includes('.') ? stage.split('.').map(name).join('.') : own(place, stage);

export const runFolder = ({ attempt }: Staging): string => `runs/${attempt}/`;

/** Makes the stages that are Strata's own. */
export async function createStages(client: SnowflakeClient, staging: Staging, run: RunOptions): Promise<void> {
  const { stage, stageUrl, storageIntegration } = staging.options;
  const exists = stage?.includes('.') === true;
  if (staging.uploads && !(exists && stageUrl === undefined))
    await client.run(`CREATE STAGE IF NOT EXISTS ${internalStage(staging)}`, run);
  if (stageUrl === undefined || exists) return;
  const integration = storageIntegration === undefined ? '' : ` STORAGE_INTEGRATION = ${name(storageIntegration)}`;
  await client.run(`CREATE STAGE IF NOT EXISTS ${externalStage(staging)} URL = ${quoted(stageUrl)}${integration}`, run);
}
