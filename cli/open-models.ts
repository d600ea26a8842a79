import { StrataError } from '../core/errors.ts';
import { suggestion } from '../core/suggest.ts';
import { earlierChampion } from '../ml/earlier-champion.ts';
import type { ModelRegistry, ModelVersion } from '../ml/registry.ts';
import type { Context } from './context.ts';
import { type Local, openLocal } from './local-platform.ts';

export interface KnownModel {
  readonly model: string;
  /** Newest first. */
  readonly versions: readonly ModelVersion[];
  readonly champion: number | null;
  readonly challenger: number | null;
  /** Who a rollback brings back. */
  readonly before: number | null;
}

export interface OpenModels {
  readonly platform: Local['platform'];
  readonly registry: ModelRegistry;
  /** @throws bad_input for a model that nobody registered */
  known(model: string): Promise<KnownModel>;
}

/** The registry of the environment's lake. */
export async function openModels(context: Context): Promise<OpenModels> {
  const { LakeRegistry } = await import('../ml/lake-registry.ts');
  const { platform } = await openLocal(context);
  const registry = new LakeRegistry(platform.store, platform.env, () => context.now);
  const known = async (model: string): Promise<KnownModel> => {
    const versions = await registry.versions(model);
    if (versions.length === 0) {
      const models = await registry.models();
      throw new StrataError('bad_input', `There is no model ${model}`, {
        hint: models.length ? suggestion(model, models) : 'No model is registered in this environment yet.',
      });
    }
    return {
      model,
      versions,
      champion: await registry.alias(model, 'champion'),
      challenger: await registry.alias(model, 'challenger'),
      before: earlierChampion(await registry.history(model)),
    };
  };
  return { platform, registry, known };
}

/** @throws bad_input */
export function readVersion(text: string): number {
  if (/^v?[1-9]\d{0,8}$/.test(text)) return Number(text.replace('v', ''));
  throw new StrataError('bad_input', `Not a version: ${text}`, { hint: 'Versions are whole numbers from 1.' });
}

export const noChampion = (name: string) =>
  new StrataError('bad_input', `${name} has no champion yet`, {
    hint: `Name a version; strata model ls ${name} lists them.`,
  });
