import { LakeRegistry } from '../../ml/lake-registry.ts';
import type { Platform } from '../platform.ts';

/** The models of the environment. */
export const registryOf = (platform: Pick<Platform, 'store' | 'env' | 'now'>): LakeRegistry =>
  new LakeRegistry(platform.store, platform.env, () => platform.now());
