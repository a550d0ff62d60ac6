import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalEntry } from '../../core/journal/entry.ts';
import { entryView } from '../../exchange/entry-view.ts';
import { isHammered } from '../../harness/hammer.ts';
import { inOneOrder, loadSessions } from '../../harness/load-journal.ts';
import type { MockServer } from '../../server/start.ts';

const FIRST_MS = 2_000;
/** Writing takes at most this share of the time: the mock is to answer, not to write. */
const SHARE = 0.01;
/** A pause that clients would notice. A report that takes longer is the last before the end. */
const LONGEST_MS = 200;

/** What a report tells of. */
interface PartialRun extends Pick<MockServer, 'engine'> {
  /** Whether a call is one of this load, and not of another shard. */
  isOwn(call: string): boolean;
}

/** `report.json` as far as the run is, written anew from time to time: whatever ends the run leaves that much. */
export class PartialReport {
  readonly #file: string;
  readonly #render: (journal: readonly JournalEntry[]) => string;
  readonly #journals: ReadonlyMap<string, JournalEntry[]>;
  readonly #stopListening: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(folder: string, { engine, isOwn }: PartialRun, render: (journal: readonly JournalEntry[]) => string) {
    this.#file = join(folder, 'report.json');
    this.#render = render;
    this.#journals = new Map(loadSessions(engine).map(({ id }) => [id, []]));
    this.#stopListening = engine.onEntry((entry) => {
      if (isHammered(entry.logicalId) || !isOwn(entry.logicalId)) return;
      // Fingerprints of bodies are the work of the whole report.
      this.#journals.get(entry.place.session)?.push(entryView(entry, null));
    });
    this.#writeIn(FIRST_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#stopListening();
  }

  #writeIn(ms: number): void {
    this.#timer = setTimeout(() => {
      const startedAt = performance.now();
      this.#write();
      const tookMs = performance.now() - startedAt;
      if (tookMs < LONGEST_MS) this.#writeIn(Math.max(FIRST_MS, tookMs / SHARE));
    }, ms);
  }

  #write(): void {
    const aside = `${this.#file}.${process.pid}.tmp`;
    try {
      writeFileSync(aside, this.#render(inOneOrder([...this.#journals.values()])));
      renameSync(aside, this.#file);
    } catch {
      // The whole report tells when its folder cannot be written.
    }
  }
}
