import type { JournalRecord } from '../../exchange/record.ts';

type Labels = Readonly<Record<string, string>>;

/** Keys, and targets, that are told apart at most: they come from clients. What is beyond counts in all only. */
const MAX_SERIES = 1_000;

/** How many are in flight now, and how many were at most. */
interface Level {
  readonly labels: Labels;
  now: number;
  most: number;
}

/** The largest numbers of requests in flight at once since the start: in all, with each key, to each target. */
export class InFlightPeaks {
  readonly #all: Level = { labels: {}, now: 0, most: 0 };
  readonly #keys = new Map<string, Level>();
  readonly #targets = new Map<string, Level>();
  /** What each request under way counts in. */
  readonly #open = new Map<JournalRecord, readonly (Level | undefined)[]>();

  opened(record: JournalRecord): void {
    const { place, authorizationHash, model } = record;
    const key = authorizationHash ?? 'none';
    const target = { session: place.session, key, model: model ?? 'none' };
    const levels = [
      this.#all,
      levelOf(this.#keys, key, () => ({ key })),
      levelOf(this.#targets, `${target.session} ${key} ${target.model}`, () => target),
    ];
    for (const level of levels) if (level !== undefined) rise(level);
    this.#open.set(record, levels);
  }

  closed(record: JournalRecord): void {
    const levels = this.#open.get(record);
    if (levels === undefined) return;
    this.#open.delete(record);
    for (const level of levels) if (level !== undefined) level.now -= 1;
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
}

function levelOf(levels: Map<string, Level>, name: string, labelsOf: () => Labels): Level | undefined {
  const known = levels.get(name);
  if (known !== undefined) return known;
  if (levels.size >= MAX_SERIES) return undefined;
  const level = { labels: labelsOf(), now: 0, most: 0 };
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
