import type { Libraries } from '../core/libraries.ts';
import type { Source } from '../core/scenario/parse.ts';
import type { Scenario } from '../core/scenario/schema.ts';
import { type LoadedScenario, loadScenario } from './load-scenario.ts';

/** The scenarios that are kept; the one longest out of use makes room for another. */
const MAX_REMEMBERED = 50;

/** Loads scenarios. A text that comes again is not compiled again: a test suite opens a session for each of its tests. */
export class RememberedScenarios {
  readonly #libraries: Libraries;
  readonly #loaded = new Map<string, LoadedScenario>();

  constructor(libraries: Libraries) {
    this.#libraries = libraries;
  }

  /** See `loadScenario`. */
  load(source: Source, seed?: Scenario['seed'], anySeed?: () => number): LoadedScenario {
    const key = JSON.stringify([source.file, 'text' in source ? source.text : source.data, seed]);
    const known = this.#loaded.get(key);
    const loaded = known ?? loadScenario(source, this.#libraries, seed, anySeed);
    this.#loaded.delete(key);
    // A seed that is drawn is drawn anew each time; services may be in files of their own, which change.
    if ((seed ?? loaded.scenario.seed) === 'random' || loaded.providers.size > 0) return loaded;
    this.#loaded.set(key, loaded);
    const [oldest] = this.#loaded.keys();
    if (oldest !== undefined && this.#loaded.size > MAX_REMEMBERED) this.#loaded.delete(oldest);
    return loaded;
  }
}
