import { StrataError } from '../core/errors.ts';
import type { Feature } from './dataset.ts';
import { plainName } from './lightgbm-write.ts';
import { DECISION, type Tree, type TreeEnsemble } from './tree-ensemble.ts';

/**
 * Reads LightGBM's text format: binary models, ours or Python's.
 * @param features the signature, with the labels of categories; without it names are taken from the file
 * @throws corrupt when the text is damaged or cut off, bad_input for models of other kinds and of other features
 */
export function readLightgbm(text: string, features?: readonly Feature[]): TreeEnsemble {
  if (!text.startsWith('tree\n')) throw damaged('it does not begin as a model of LightGBM');
  const [body, rest] = text.split('\nend of trees\n');
  if (rest === undefined) throw damaged('its end is missing');
  const parts = body!.split('\nTree=');
  const head = fieldsOf(parts[0]!);
  const objective = /^binary sigmoid:([\d.e+-]+)$/.exec(head.get('objective') ?? '');
  if (!objective || head.get('num_class') !== '1') {
    throw new StrataError('bad_input', `Not a model for two classes: objective ${head.get('objective')}`, {
      hint: 'Train with objective=binary.',
    });
  }
  const names = (head.get('feature_names') ?? '').split(' ');
  if (Number(head.get('max_feature_idx')) !== names.length - 1) throw damaged('features are missing');
  const trees = parts.slice(1).map((part) => readTree(fieldsOf(part), names.length));
  const sizes = head.get('tree_sizes')?.split(' ').filter(Boolean) ?? [];
  if (sizes.length !== trees.length) throw damaged(`${trees.length} trees instead of ${sizes.length}`);
  return { features: named(names, trees, features), trees, sigmoid: Number(objective[1]) };
}

function named(names: readonly string[], trees: readonly Tree[], features?: readonly Feature[]): readonly Feature[] {
  if (!features) {
    const categories = new Set(
      trees.flatMap(({ feature, decision }) => [...feature].filter((_, i) => decision[i]! & DECISION.category)),
    );
    return names.map((name, i) => ({ name, kind: categories.has(i) ? 'category' : 'number' }));
  }
  if (features.length === names.length && features.every(({ name }, i) => plainName(name) === names[i]))
    return features;
  throw new StrataError('bad_input', 'The model file has other features than its signature', {
    hint: `The file has ${names.join(', ')}.`,
  });
}

function fieldsOf(part: string): Map<string, string> {
  return new Map(
    part.split('\n').flatMap((line): [string, string][] => {
      const at = line.indexOf('=');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
    }),
  );
}

function readTree(fields: Map<string, string>, features: number): Tree {
  const leaves = Number(fields.get('num_leaves'));
  const nodes = leaves - 1;
  if (!Number.isInteger(leaves) || leaves < 1) throw damaged('a tree has no leaves');
  if ((fields.get('is_linear') ?? '0') !== '0') {
    throw new StrataError('bad_input', 'Trees with linear leaves cannot be read', {
      hint: 'Train with linear_tree=false.',
    });
  }
  const list = (name: string, length: number): number[] => {
    const values = (fields.get(name) ?? '').split(' ').filter(Boolean).map(Number);
    if (values.length !== length || values.some(Number.isNaN)) throw damaged(`${name} of a tree`);
    return values;
  };
  const optional = (name: string, length: number): number[] =>
    fields.has(name) && fields.get(name) !== '' ? list(name, length) : new Array<number>(length).fill(0);
  const tree: Tree = {
    feature: Int32Array.from(nodes ? list('split_feature', nodes) : []),
    threshold: Float64Array.from(nodes ? list('threshold', nodes) : []),
    decision: Uint8Array.from(nodes ? list('decision_type', nodes) : []),
    left: Int32Array.from(nodes ? list('left_child', nodes) : []),
    right: Int32Array.from(nodes ? list('right_child', nodes) : []),
    gain: Float64Array.from(optional('split_gain', nodes)),
    nodeValue: Float64Array.from(optional('internal_value', nodes)),
    nodeWeight: Float64Array.from(optional('internal_weight', nodes)),
    nodeRows: Float64Array.from(optional('internal_count', nodes)),
    leafValue: Float64Array.from(list('leaf_value', leaves)),
    leafWeight: Float64Array.from(optional('leaf_weight', leaves)),
    leafRows: Float64Array.from(optional('leaf_count', leaves)),
    categories: categoriesOf(fields, list),
  };
  refuseBrokenLinks(tree, features);
  return tree;
}

function categoriesOf(fields: Map<string, string>, list: (name: string, length: number) => number[]): Uint32Array[] {
  const count = Number(fields.get('num_cat') ?? 0);
  if (count === 0) return [];
  const ends = list('cat_boundaries', count + 1);
  const words = list('cat_threshold', ends.at(-1)!);
  return ends.slice(1).map((end, i) => Uint32Array.from(words.slice(ends[i], end)));
}

/** A walk from the root must end in a leaf: each child is made once, and comes after its parent. */
function refuseBrokenLinks(
  { feature, threshold, decision, left, right, leafValue, categories }: Tree,
  features: number,
): void {
  const seen = new Set<number>();
  for (let node = 0; node < feature.length; node++) {
    for (const child of [left[node]!, right[node]!]) {
      if (seen.has(child) || (child >= 0 ? child <= node || child >= feature.length : ~child >= leafValue.length)) {
        throw damaged('a tree whose branches do not fit together');
      }
      seen.add(child);
    }
    if (feature[node]! < 0 || feature[node]! >= features) throw damaged('a tree that asks for an unknown feature');
    if (decision[node]! & DECISION.category && !categories[threshold[node]!]) throw damaged('categories of a tree');
  }
}

const damaged = (what: string) =>
  new StrataError('corrupt', `The model file is damaged: ${what}`, {
    hint: 'Take the artifact from a backup, or train again; the champion before it still serves.',
  });
