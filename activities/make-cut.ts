import { Context } from '@temporalio/activity';
import { closedSince } from '../core/coverage.ts';
import { type Cut, contains, cutProblems, nextCut, type Wanted } from '../core/cuts.ts';
import { ownedBy, type Part, startsOf } from '../core/graph.ts';
import { narrow } from '../core/plan.ts';
import { type Ledgers, ledgerOf } from '../core/staleness.ts';
import { newestCut, writeCut } from '../lake/cuts.ts';
import type { ConvergeRequest, CutResult, RequiredBronze } from './converge.types.ts';
import type { Platform } from './platform.ts';
import { scanForKeys } from './scan-keys.ts';

/** Another maker, or a commit between two ledgers that were loaded: look again this often. */
const LOOKS = 5;

type Request = Pick<ConvergeRequest, 'id' | 'required'>;

/** The cut that holds the tables as they are, a new one where they moved; and the requests whose bronze is in it. */
export async function makeNextCut(
  platform: Platform,
  pipeline: string,
  requests: readonly Request[],
): Promise<CutResult> {
  const { env, project, store, lake } = platform;
  const part = ownedBy(project, pipeline);
  let reasons: string[] = [];
  for (let look = 1; look <= LOOKS; look += 1) {
    const previous = await newestCut(store, env, pipeline);
    const ledgers = await lake.ledgers(part);
    const problems = await cutProblems(part, ledgers, async (dataset, candidates) => {
      const own = ledgerOf(ledgers, dataset.name);
      const { held } = await narrow(dataset, own, ledgers, candidates, (question) =>
        scanForKeys(platform, question, Context.current().cancellationSignal),
      );
      return held.map(({ partition }) => partition);
    });
    const next = problems.length > 0 ? undefined : await cutAfter(platform, part, ledgers, previous);
    if (next && 'problem' in next) problems.push(next);
    reasons = problems.slice(0, 5).map(({ dataset, problem, detail }) => `${dataset} is ${problem} (${detail})`);
    if (problems.some(({ problem }) => problem === 'stale')) break;
    if (problems.length > 0) continue;
    if (next && !('problem' in next) && !(await writeCut(store, env, next))) continue;
    const cut = next && !('problem' in next) ? next.number : previous?.number;
    const released = requests.filter(({ required }) => contains(part, ledgers, wantedOf(part, ledgers, required)));
    return { cut, released: released.map(({ id }) => id), reasons };
  }
  return { cut: undefined, released: [], reasons };
}

async function cutAfter(
  { lake, project }: Platform,
  part: Part,
  ledgers: Ledgers,
  previous: Cut | undefined,
): Promise<ReturnType<typeof nextCut>> {
  const next = nextCut(part, ledgers, previous);
  if (next !== undefined || previous === undefined) return next;
  // No table moved, but a look that found nothing new may have covered a day to its end.
  const before = new Map(ledgers);
  for (const { name } of part.sources) {
    const version = previous.versions[name] ?? -1;
    if (version !== ledgerOf(ledgers, name).version) before.set(name, (await lake.stateAt(name, version)).ledger);
  }
  return nextCut(part, ledgers, previous, {
    closed: closedSince(part.derived, before, ledgers, startsOf(project)),
  });
}

function wantedOf(part: Part, ledgers: Ledgers, required: RequiredBronze): Wanted {
  const sources = new Set(part.sources.map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(required)
      .filter(([dataset]) => sources.has(dataset))
      .map(([dataset, partitions]) => [dataset, partitions === 'all' ? everything(ledgers, dataset) : partitions]),
  );
}

const everything = (ledgers: Ledgers, dataset: string): Record<string, number> =>
  Object.fromEntries([...ledgerOf(ledgers, dataset).partitions].map(([name, state]) => [name, state.contentVersion]));
