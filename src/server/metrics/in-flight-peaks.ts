import type { JournalRecord } from '../../exchange/record.ts';

type Labels = Readonly<Record<string, string>>;

/** Who asks whom. */
type Asked = Pick<JournalRecord, 'place' | 'authorizationHash' | 'model'>;

/** Keys, and targets, that are told apart at most: they come from clients. What is beyond counts in all only. */
const MAX_SERIES = 1_000;

/** How many are in flight now, and how many were at most. */
interface Level {
  readonly labels: Labels;
  now: number;
  most: number;
}

/** What a request counts in, beside all. */
interface Levels {
  readonly key: Level | undefined;
  readonly target: Level | undefined;
}

/** The largest numbers of requests in flight at once since the start: in all, with each key, to each target. */
export class InFlightPeaks {
  readonly #all: Level = { labels: {}, now: 0, most: 0 };
  readonly #keys = new Map<string, Level>();
  readonly #targets = new Map<string, Level>();
  /** Most requests ask what the one before them asked. */
  #last: { readonly of: Asked; readonly levels: Levels } | undefined;

  opened(record: Asked): void {
    const { key, target } = this.#levelsOf(record);
    rise(this.#all);
    if (key !== undefined) rise(key);
    if (target !== undefined) rise(target);
  }

  closed(record: Asked & Pick<JournalRecord, 't_bodyEnd'>): void {
    // What was not read to its end was never answered.
    if (record.t_bodyEnd === null) return;
    const { key, target } = this.#levelsOf(record);
    this.#all.now -= 1;
    if (key !== undefined) key.now -= 1;
    if (target !== undefined) target.now -= 1;
  }

  get inAll(): number {
    return this.#all.most;
  }

  get byKey(): (readonly [Labels, number])[] {
    return rowsOf(this.#keys);
  }

  get byTarget(): (readonly [Labels, number])[] {
    return rowsOf(this.#targets);
  }

  #levelsOf(record: Asked): Levels {
    const last = this.#last;
    if (last !== undefined && isAlike(last.of, record)) return last.levels;
    const { place, authorizationHash, model } = record;
    const key = authorizationHash ?? 'none';
    const target = { session: place.session, key, model: model ?? 'none' };
    const levels = {
      key: levelOf(this.#keys, key, { key }),
      target: levelOf(this.#targets, `${target.session} ${key} ${target.model}`, target),
    };
    this.#last = { of: { place, authorizationHash, model }, levels };
    return levels;
  }
}

function isAlike(one: Asked, other: Asked): boolean {
  return one.place === other.place && one.authorizationHash === other.authorizationHash && one.model === other.model;
}

function levelOf(levels: Map<string, Level>, name: string, labels: Labels): Level | undefined {
  const known = levels.get(name);
  if (known !== undefined || levels.size >= MAX_SERIES) return known;
  const level = { labels, now: 0, most: 0 };
  levels.set(name, level);
  return level;
}

function rise(level: Level): void {
  level.now += 1;
  if (level.now > level.most) level.most = level.now;
}

function rowsOf(levels: Map<string, Level>): (readonly [Labels, number])[] {
  return [...levels.values()].map(({ labels, most }) => [labels, most] as const);
}
