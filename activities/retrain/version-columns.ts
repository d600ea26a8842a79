import type { DerivedDataset } from '../../core/dataset.ts';
import { StrataError } from '../../core/errors.ts';
import type { ModelVersion } from '../../ml/registry.ts';

// A version reads the columns of its own signature, whatever features the definition of today names.

type Version = Pick<ModelVersion, 'version' | 'signature'>;
type Features = Pick<DerivedDataset, 'name' | 'columns'>;

const has = ({ columns }: Features, name: string): boolean => columns.some((column) => column.name === name);

/** Those that the features' table still has. */
export const columnsRead = ({ signature }: Version, features: Features): string[] =>
  signature.map(({ name }) => name).filter((name) => has(features, name));

/** Why the version cannot score any more; undefined: it can. */
export function lossOf({ version, signature }: Version, features: Features): string | undefined {
  const lost = signature.map(({ name }) => name).filter((name) => !has(features, name));
  if (lost.length === 0) return undefined;
  return `version ${version} needs ${lost.join(', ')}, which ${features.name} no longer has`;
}

/** @throws bad_definition when the version needs a column that is gone */
export function refuseLoss(model: string, version: Version, features: Features): void {
  const loss = lossOf(version, features);
  if (loss === undefined) return;
  throw new StrataError('bad_definition', `${model} cannot score: ${loss}`, {
    where: features.name,
    hint: 'Bring the column back, or promote a version that does without it.',
  });
}
