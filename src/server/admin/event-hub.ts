import type { JournalRecord } from '../../exchange/record.ts';
import type { Engine } from '../../session/engine.ts';
import type { Session } from '../../session/session.ts';
import type { LoopDelayMonitor } from '../timing/loop-delay.ts';
import { EventFeed, type FeedEvent, type FeedParts, missedText } from './event-feed.ts';
import { eventText } from './event-text.ts';
import { VerdictWatch } from './verdict-watch.ts';

/** Listeners at once, over all sessions. */
export const MAX_LISTENERS = 32;
/** What happens within this time is told together. */
const TOGETHER_MS = 20;
/** Of that time, so much goes into the telling: a twentieth. */
const TELLING_MS = 1;
/** What waits to be told; what is beyond is missed. */
const MAX_WAITING = 5_000;

/** What a listener may be told. */
export const EVENT_KINDS = ['entry', 'decision', 'verdict'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

interface Listener {
  readonly feed: EventFeed;
  readonly kinds: ReadonlySet<EventKind>;
  readonly fields: Fields;
}

/** Of an entry and of a decision, in this order; undefined: all. */
type Fields = readonly string[] | undefined;

/** What listens to one session. */
interface Watched {
  readonly session: Session;
  readonly listeners: Set<Listener>;
  readonly verdicts: VerdictWatch;
}

/** Something that happened and was not told yet. */
type Happened = { readonly kind: 'entry' | 'decision'; readonly record: JournalRecord; readonly watched: Watched } & Pick<
  JournalRecord,
  'faultApplied' | 'refusedBy'
>;

export interface ListenOptions {
  readonly kinds: ReadonlySet<EventKind>;
  readonly fields?: Fields;
  /** Entries after this number are told; undefined: from now on. */
  readonly since: number | undefined;
}

/** Tells those who listen what happens in their sessions. It listens itself only as long as somebody does. */
export class EventHub {
  readonly #engine: Engine;
  readonly #loopDelay: LoopDelayMonitor;
  readonly #watched = new Map<string, Watched>();
  #happened: Happened[] = [];
  #telling: NodeJS.Timeout | undefined;
  #stop: (() => void)[] = [];
  #listeners = 0;

  constructor(engine: Engine, loopDelay: LoopDelayMonitor) {
    this.#engine = engine;
    this.#loopDelay = loopDelay;
  }

  /** The start of ids: numbers of entries begin anew with each run. */
  get run(): string {
    return this.#engine.run.slice(0, 8);
  }

  get isFull(): boolean {
    return this.#listeners >= MAX_LISTENERS;
  }

  /** Adds a listener; what it is told is the body of its response. */
  listen(session: Session, { kinds, fields, since }: ListenOptions): ReadableStream<Uint8Array> {
    if (this.#listeners === 0) this.#begin();
    this.#listeners += 1;
    const watched = this.#watch(session);
    const { known, past } = since === undefined || !kinds.has('entry') ? fromNowOn(session) : after(session, since, fields);
    const feed = new EventFeed({ run: this.run, known, past, closed: () => this.#left(watched, listener) });
    const listener = { feed, kinds, fields };
    watched.listeners.add(listener);
    if (kinds.has('verdict')) {
      if (watched.verdicts.latest !== undefined) feed.tell({ text: watched.verdicts.latest });
      watched.verdicts.look();
    }
    return feed.body();
  }

  /** Ends all feeds. */
  close(): void {
    for (const { listeners } of [...this.#watched.values()]) for (const { feed } of [...listeners]) feed.close();
  }

  #watch(session: Session): Watched {
    const known = this.#watched.get(session.id);
    if (known?.session === session) return known;
    const verdicts = new VerdictWatch(session, { engine: this.#engine, loopDelay: this.#loopDelay }, (text) =>
      tell(watched, 'verdict', { text }),
    );
    const watched: Watched = { session, listeners: new Set(), verdicts };
    this.#watched.set(session.id, watched);
    return watched;
  }

  #left(watched: Watched, listener: Listener): void {
    if (!watched.listeners.delete(listener)) return;
    this.#listeners -= 1;
    if (![...watched.listeners].some(({ kinds }) => kinds.has('verdict'))) watched.verdicts.stop();
    if (watched.listeners.size === 0 && this.#watched.get(watched.session.id) === watched)
      this.#watched.delete(watched.session.id);
    if (this.#listeners === 0) this.#end();
  }

  #begin(): void {
    this.#stop = [
      this.#engine.onEntry((record, session) => this.#note('entry', record, session.id)),
      this.#engine.onOpened((record) => this.#note('decision', record, record.place.session)),
      this.#engine.onPlan((id, session) => {
        if (session !== undefined) return;
        for (const { feed } of [...(this.#watched.get(id)?.listeners ?? [])]) feed.close();
      }),
    ];
  }

  #end(): void {
    for (const stop of this.#stop) stop();
    this.#stop = [];
    clearTimeout(this.#telling);
    this.#telling = undefined;
    this.#happened = [];
  }

  #note(kind: 'entry' | 'decision', record: JournalRecord, id: string): void {
    const watched = this.#watched.get(id);
    // What the journal leaves out has no number.
    if (watched === undefined || record.seq === 0) return;
    const { faultApplied, refusedBy } = record;
    const happened = { kind, record, watched, faultApplied, refusedBy };
    if (this.#happened.length >= MAX_WAITING) miss(happened);
    else this.#happened.push(happened);
    this.#telling ??= setTimeout(() => this.#tell(), TOGETHER_MS);
  }

  /** Tells what has happened, as far as there is time. */
  #tell(): void {
    this.#telling = undefined;
    const until = performance.now() + TELLING_MS;
    let told = 0;
    for (const happened of this.#happened) {
      tellOf(happened);
      told += 1;
      if (performance.now() >= until) break;
    }
    this.#happened = told === this.#happened.length ? [] : this.#happened.slice(told);
    if (this.#happened.length > 0) this.#telling = setTimeout(() => this.#tell(), TOGETHER_MS);
  }
}

const NOTHING: Iterator<FeedEvent> = { next: () => ({ done: true, value: undefined }) };

/** What is told to a listener who knows of nothing: requests that are under way, and those that come. */
function fromNowOn(session: Session): Pick<FeedParts, 'known' | 'past'> {
  const open = new Set(session.openSeqs());
  const last = session.nextSeq - 1;
  const upTo = Math.min(last + 1, ...open) - 1;
  const beyond = Array.from({ length: last - upTo }, (_, index) => upTo + 1 + index).filter((seq) => !open.has(seq));
  return { known: { upTo, beyond }, past: NOTHING };
}

/** What is told to a listener who knows the entries up to a number; one that is not given yet is of another journal. */
function after(session: Session, since: number, fields: Fields): Pick<FeedParts, 'known' | 'past'> {
  const from = since < session.nextSeq ? since : 0;
  const upTo = Math.max(from, session.oldestSeq - 1);
  return { known: { upTo, beyond: [] }, past: pastOf(session, upTo, { now: session.now, missed: upTo - from, fields }) };
}

/** The entries after that number that were over by then. */
function* pastOf(
  session: Session,
  since: number,
  { now, missed, fields }: { readonly now: number; readonly missed: number; readonly fields: Fields },
): Generator<FeedEvent> {
  let next = since + 1;
  if (missed > 0) yield { text: missedText(missed) };
  for (const entry of session.entries(since, false)) {
    // What was read too late has fallen out of the journal.
    if (entry.seq > next) yield missedEvent(next, entry.seq);
    next = entry.seq + 1;
    if (entry.t_end !== null && entry.t_end <= now) yield { text: eventText('entry', chosen(entry, fields)), seq: entry.seq };
  }
}

function missedEvent(from: number, to: number): FeedEvent {
  const gone = Array.from({ length: to - from }, (_, index) => from + index);
  return { text: missedText(gone.length), gone };
}

function tellOf({ kind, record, watched, faultApplied, refusedBy }: Happened): void {
  if (kind === 'entry') {
    watched.verdicts.look();
    tellChosen(watched, kind, watched.session.view(record, false), record.seq);
  } else tellChosen(watched, kind, decisionOf(record, { faultApplied, refusedBy }));
}

/** Each choice of fields is written once, however many listeners have it. */
function tellChosen({ listeners }: Watched, kind: EventKind, data: object, seq?: number): void {
  const texts = new Map<string | undefined, string>();
  for (const { feed, kinds, fields } of listeners) {
    if (!kinds.has(kind)) continue;
    const choice = fields?.join();
    const text = texts.get(choice) ?? eventText(kind, chosen(data, fields));
    texts.set(choice, text);
    feed.tell({ text, ...(seq !== undefined && { seq }) });
  }
}

function chosen(data: object, fields: Fields): object {
  if (fields === undefined) return data;
  const all = data as Readonly<Record<string, unknown>>;
  const some: Record<string, unknown> = {};
  for (const name of fields) if (Object.hasOwn(all, name)) some[name] = all[name];
  return some;
}

/** What was decided about a request, before it is answered. */
function decisionOf(
  record: JournalRecord,
  { faultApplied, refusedBy }: Pick<JournalRecord, 'faultApplied' | 'refusedBy'>,
): object {
  const { seq, place, logicalId, attemptSeq, t_headers, method, path, endpoint, model, stream, authorizationHash } = record;
  const asked = { method, path, endpoint, model, stream, authorizationHash };
  return { session: place.session, seq, logicalId, attemptSeq, t_headers, ...asked, faultApplied, refusedBy };
}

function tell({ listeners }: Watched, kind: EventKind, event: FeedEvent): void {
  for (const { feed, kinds } of listeners) if (kinds.has(kind)) feed.tell(event);
}

function miss({ kind, record, watched: { listeners } }: Happened): void {
  for (const { feed, kinds } of listeners) if (kinds.has(kind)) feed.miss(1, kind === 'entry' ? [record.seq] : []);
}
