/** One rule, broken: in this file this text (it must be there, once) becomes that. */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Noticed only when three meet in one way: left to `npm run test:model`. */
  readonly rare?: true;
}

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'an epoch does not fence',
    file: 'core/claims.ts',
    find: 'if (!held || held.epoch < epoch) continue;',
    replace: 'if (!held || held.epoch < epoch || held.claim !== mine) continue;',
  },
  {
    name: 'a twin commits again',
    file: 'core/claims.ts',
    find: "if (held.epoch === epoch && held.claim === mine) return { kind: 'done', version: held.version };",
    replace: 'if (held.epoch === epoch && held.claim === mine) continue;',
  },
  {
    name: 'a build may go back to older inputs',
    file: 'core/claims.ts',
    find: 'if (known !== undefined && known > version) {',
    replace: 'if (known !== undefined && known > version + 1_000_000) {',
  },
  {
    name: 'a merge may go on from an older source',
    file: 'core/claims.ts',
    find: 'if (mark.version <= source[1]) continue;',
    replace: 'continue;',
  },
  {
    name: 'a build does not notice that its base moved',
    file: 'core/claims.ts',
    find: 'if (was === is) continue;',
    replace: 'continue;',
  },
  {
    name: 'a new digest does not move the content version',
    file: 'core/ledger.ts',
    find: 'contentVersion: changed ? version : before.contentVersion,',
    replace: 'contentVersion: before?.contentVersion ?? version,',
  },
  {
    name: 'the same digest moves the content version',
    file: 'core/ledger.ts',
    find: 'contentVersion: changed ? version : before.contentVersion,',
    replace: 'contentVersion: version,',
  },
  {
    name: 'a merge of some keys makes the whole partition fresh',
    file: 'core/ledger.ts',
    find: 'Math.min(version, a[input] ?? version)',
    replace: 'version',
  },
  {
    name: 'all that was looked at counts as settled',
    file: 'core/ledger.ts',
    find: 'end: earliest(settledTo, covered.end) }',
    replace: 'end: covered.end }',
  },
  {
    name: 'mixed code counts as the new code',
    file: 'core/ledger.ts',
    find: 'return MIXED_CODE;',
    replace: 'return claim.contentHash;',
  },
  {
    name: 'an input partition is merged once and never again',
    file: 'core/pending.ts',
    find: '(own.marks.get(partition)?.version ?? -1) < contentVersion',
    replace: '!own.marks.has(partition) && contentVersion >= 0',
  },
  {
    name: 'staleness looks at when an input was built, not at its content',
    file: 'core/partitions.ts',
    find: 'return state && { partition, version: state.contentVersion };',
    replace: 'return state && { partition, version: state.builtVersion };',
  },
  {
    name: 'a window forgets its first day',
    file: 'core/partitions.ts',
    find: '(i) => i.end > start - millis',
    replace: '(i) => i.end > start',
  },
  {
    name: 'a month does not hear of all its days',
    file: 'core/partitions.ts',
    find: 'if (!known || version > known.version) best.set(out',
    replace: 'if (!known) best.set(out',
  },
  {
    name: 'a change of keys touches only partitions that begin after it',
    file: 'core/as-of.ts',
    find: '(i) => i.end > from',
    replace: '(i) => i.start > from',
  },
  {
    name: 'a cut takes tables that were built from newer ones',
    rare: true,
    file: 'core/cuts.ts',
    find: 'if (built > version) return',
    replace: 'if (built > version + 1_000_000) return',
  },
  {
    name: 'a cut may go back',
    file: 'core/cuts.ts',
    find: 'if (back) {',
    replace: 'if (back && tables.length === 0) {',
  },
  {
    name: 'going back leaves what came later',
    file: 'core/cut-difference.ts',
    find: 'before.get(partition) !== after.get(partition)',
    replace: '(before.get(partition) ?? -1) < after.get(partition)!',
  },
  {
    name: 'going back leaves partitions that came later',
    file: 'core/cut-difference.ts',
    find: 'filter((partition) => !after.has(partition))',
    replace: 'filter((partition) => partition === undefined)',
  },
  {
    name: 'a run is released before its rows are merged',
    file: 'core/cuts.ts',
    find: 'return !source || pendingInputs(ledgerOf(ledgers, dataset.name), source).length === 0;',
    replace: 'return true;',
  },
  {
    name: 'the next look begins with its range',
    file: 'core/coverage.ts',
    find: 'lower: unsettled ? earliest(range.start, unsettled.start) : range.start,',
    replace: 'lower: range.start,',
  },
  {
    name: 'an older snapshot goes in behind a newer one',
    file: 'core/coverage.ts',
    find: 'if (ledger.lookedAt === undefined || BigInt(position) >= BigInt(ledger.lookedAt)) return;',
    replace: 'if (position !== undefined) return;',
  },
  {
    name: 'the later position does not break a tie',
    file: 'core/winner.ts',
    find: 'if (a.position !== b.position) return a.position < b.position ? -1 : 1;',
    replace: 'if (a.position !== b.position) return a.position < b.position ? 1 : -1;',
  },
  {
    name: 'the time of a row decides although the source does not vouch for it',
    file: 'core/winner.ts',
    find: "extraction.kind === 'snapshot' || extraction.clock.kind === 'database' ||",
    replace:
      "(extraction.kind === 'cursor' && extraction.clock.kind === 'database') || extraction.kind === 'cursor' &&",
  },
  {
    name: 'a commit overwrites the version of another',
    file: 'lake/table.ts',
    find: 'const won = await this.store.putIfAbsent(commitFile(this.folder, version), printActions(actions));',
    replace:
      'const won = await this.store.put(commitFile(this.folder, version), printActions(actions)).then(() => true);',
  },
  {
    name: 'after a lost race the old state is used again',
    file: 'lake/table.ts',
    find: 'const version = state.version + 1;',
    replace: 'const version = state.version + 1 + tries;',
  },
];
