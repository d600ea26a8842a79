import type { Command } from 'commander';
import { loadSettings, nowOf, SETTING_NAMES, type Settings } from '../config/settings.ts';
import { pipelineNamed } from '../core/graph.ts';
import type { Instant } from '../core/instant.ts';
import type { Pipeline } from '../core/pipeline.ts';
import type { Project } from '../core/project.ts';
import { suggestion } from '../core/suggest.ts';
import { loadProject } from './load-project.ts';
import { Output } from './output.ts';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly env?: string;
  readonly project?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** What a command works with: settings and project, read when it asks. */
export class Context {
  readonly out: Output;
  readonly #options: GlobalOptions;
  #settings: Settings | undefined;
  #project: Promise<Project> | undefined;

  constructor(options: GlobalOptions) {
    this.#options = options;
    this.out = new Output(options.json ?? false);
  }

  get verbose(): boolean {
    return this.#options.verbose ?? false;
  }

  get settings(): Settings {
    this.#settings ??= this.#load();
    return this.#settings;
  }

  get now(): Instant {
    return nowOf(this.settings);
  }

  readonly project = (): Promise<Project> => {
    this.#project ??= loadProject(this.settings.project);
    return this.#project;
  };

  async pipeline(name: string): Promise<Pipeline> {
    return pipelineNamed(await this.project(), name);
  }

  /** What was given as options, by the names of the settings. */
  get flags(): Record<string, string | undefined> {
    const { env, project } = this.#options;
    return { STRATA_ENV: env, STRATA_PROJECT: project };
  }

  #load(): Settings {
    const settings = loadSettings({ flags: this.flags });
    for (const name of settings.unknown) {
      this.out.note(`warning: there is no setting ${name}. ${suggestion(name, SETTING_NAMES)}`);
    }
    return settings;
  }
}

export const contextOf = (command: Command): Context => new Context(command.optsWithGlobals<GlobalOptions>());
