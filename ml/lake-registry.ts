import { StrataError } from '../core/errors.ts';
import type { ObjectStore } from '../core/object-store.ts';
import { fetchVerified } from './artifact-file.ts';
import { readEvent, writeEvent } from './model-event.shape.ts';
import type { Alias, Artifact, ModelEvent, ModelRegistry, ModelVersion, Move, NewVersion } from './registry.ts';

/** Tries for a number before giving up: others register at the same time. */
const TRIES = 20;

type NewEvent = ModelEvent extends infer E ? (E extends ModelEvent ? Omit<E, 'at'> : never) : never;

/**
 * Models in the lake: one log of events per model, `<env>/_strata/models/<model>/<10 digits>.json`, put if absent and never
 * changed, as the tables' logs are. What is there now is their fold.
 */
export class LakeRegistry implements ModelRegistry {
  readonly #store: ObjectStore;
  readonly #root: string;
  readonly #now: () => string;

  /** @param now the time that events are stamped with */
  constructor(store: ObjectStore, env: string, now: () => string) {
    this.#store = store;
    this.#root = `${env}/_strata/models/`;
    this.#now = now;
  }

  async register(model: string, made: NewVersion): Promise<number> {
    return this.#append(model, (events) => {
      const known = versionsOf(events).find((v) => v.madeBy === made.madeBy);
      if (known) return { done: known.version };
      const version = versionsOf(events).length + 1;
      return { event: { kind: 'registered', version, made }, result: version };
    });
  }

  async versions(model: string): Promise<readonly ModelVersion[]> {
    return versionsOf(await this.history(model)).reverse();
  }

  async version(model: string, version: number): Promise<ModelVersion> {
    return versionIn(await this.history(model), model, version);
  }

  async alias(model: string, alias: Alias): Promise<number | null> {
    return holderOf(await this.history(model), alias);
  }

  async move(model: string, move: Move): Promise<void> {
    await this.#append(model, (events) => {
      if (move.to !== null) versionIn(events, model, move.to);
      const holder = holderOf(events, move.alias);
      if (holder === move.to) return { done: undefined };
      if (holder !== move.from) throw lostMove(model, move, holder);
      return { event: { kind: 'moved', ...move }, result: undefined };
    });
  }

  async attach(model: string, version: number, name: string, file: Artifact): Promise<void> {
    await this.#append(model, (events) => {
      const { evidence } = versionIn(events, model, version);
      if (evidence[name]?.sha256 === file.sha256) return { done: undefined };
      return { event: { kind: 'attached', version, name, file }, result: undefined };
    });
  }

  async load(model: string, version: number): Promise<Uint8Array> {
    const { artifact } = await this.version(model, version);
    return fetchVerified(this.#store, artifact);
  }

  async history(model: string): Promise<readonly ModelEvent[]> {
    const events: ModelEvent[] = [];
    for await (const path of this.#store.listPaths(`${this.#root}${checkedName(model)}/`)) {
      if (!/\/\d{10}\.json$/.test(path)) continue;
      const where = this.#store.uri(path);
      if (path !== this.#file(model, events.length)) {
        throw new StrataError('corrupt', `Events of the model ${model} are missing before this one`, {
          where,
          hint: 'Restore them from a backup of the lake.',
        });
      }
      events.push(readEvent(textOf(await this.#store.get(path)), where));
    }
    return events;
  }

  async models(): Promise<readonly string[]> {
    const names = new Set<string>();
    for await (const path of this.#store.listPaths(this.#root)) {
      const name = path.slice(this.#root.length).split('/')[0];
      if (name) names.add(name);
    }
    return [...names];
  }

  #file(model: string, number: number): string {
    return `${this.#root}${checkedName(model)}/${String(number).padStart(10, '0')}.json`;
  }

  /** @param decide looks at what is there and says what comes next, or that it is there already */
  async #append<T>(
    model: string,
    decide: (events: readonly ModelEvent[]) => { done: T } | { event: NewEvent; result: T },
  ): Promise<T> {
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const events = await this.history(model);
      const next = decide(events);
      if ('done' in next) return next.done;
      const path = this.#file(model, events.length);
      // False may be about our own write whose answer was lost: the next look finds it done.
      if (await this.#store.putIfAbsent(path, writeEvent({ at: this.#now(), ...next.event }))) return next.result;
    }
    throw new StrataError('conflict', `The registry of ${model} was written by others ${TRIES} times in a row`);
  }
}

/** Damaged text must reach the reader, which says where it lies. */
const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

function versionsOf(events: readonly ModelEvent[]): ModelVersion[] {
  const versions = new Map<number, ModelVersion>();
  for (const event of events) {
    if (event.kind === 'registered') {
      versions.set(event.version, { ...event.made, version: event.version, registeredAt: event.at });
    } else if (event.kind === 'attached') {
      const known = versions.get(event.version);
      if (known) versions.set(event.version, { ...known, evidence: { ...known.evidence, [event.name]: event.file } });
    }
  }
  return [...versions.values()];
}

function holderOf(events: readonly ModelEvent[], alias: Alias): number | null {
  const last = events.findLast((event) => event.kind === 'moved' && event.alias === alias);
  return last?.kind === 'moved' ? last.to : null;
}

function versionIn(events: readonly ModelEvent[], model: string, wanted: number): ModelVersion {
  const versions = versionsOf(events);
  const found = versions.find(({ version }) => version === wanted);
  if (found) return found;
  const known = versions.map(({ version }) => version).join(', ');
  throw new StrataError('bad_input', `${model} has no version ${wanted}`, {
    hint: known ? `Versions are: ${known}.` : 'Nobody has registered one yet: start drift_and_retrain.',
  });
}

const lostMove = (model: string, { alias, from }: Move, holder: number | null): StrataError =>
  new StrataError('conflict', `The ${alias} of ${model} is ${name(holder)}, not ${name(from)}`, {
    kind: 'terminal',
    hint: 'Somebody else moved it meanwhile: look at `strata model history`, and decide again.',
  });

const name = (version: number | null): string => (version === null ? 'nobody' : `version ${version}`);

/** Names become folders. */
function checkedName(name: string): string {
  if (/^\w[\w.-]{0,99}$/.test(name)) return name;
  throw new StrataError('bad_input', `Not a name of a model: ${JSON.stringify(name)}`, {
    hint: 'Names are letters, digits, dots, hyphens and underscores, at most 100.',
  });
}
