import { BodyStore } from '../core/journal/body-store.ts';
import type { JournalEntry } from '../core/journal/entry.ts';
import { Journal, type JournalBounds } from '../core/journal/journal.ts';
import { entryView } from '../exchange/entry-view.ts';
import { type JournalRecord, type Received, type RecordPlace, recordOf } from '../exchange/record.ts';
import { RecordArchive } from './record-archive.ts';

/** The journal of a session: its records, and the bodies of their requests. */
export class SessionJournal {
  readonly #records: Journal<JournalRecord>;
  readonly #bodies: BodyStore;

  constructor(bounds: JournalBounds) {
    this.#records = new Journal(bounds, new RecordArchive());
    this.#bodies = new BodyStore(bounds.bodyBytes);
  }

  /** The number that the next record will bear. */
  get nextSeq(): number {
    return this.#records.nextSeq;
  }

  /** Entries that it holds. */
  get kept(): number {
    return this.#records.kept;
  }

  /** Entries that fell out of it. */
  get dropped(): number {
    return this.#records.dropped;
  }

  /** Notes a request that is about to be answered. `wallMs`: milliseconds since the epoch. */
  note(received: Received, place: RecordPlace, wallMs: number): JournalRecord {
    const { body } = received.incoming;
    const bodyAt = body.byteLength === 0 ? -1 : this.#bodies.write(body);
    const record = recordOf(received, { seq: this.nextSeq, place, wallMs, bodyAt });
    this.#records.append(record);
    return record;
  }

  /** To be called when nothing of the record will change any more. */
  close(record: JournalRecord): void {
    this.#records.close(record);
  }

  /** The record as it is shown. */
  view(record: JournalRecord): JournalEntry {
    return entryView(record, this.#bodies.read(record.bodyAt, record.bodyBytes));
  }

  /** The entries after the given number, oldest first. */
  since(seq: number): JournalEntry[] {
    return this.#records.since(seq).map((record) => this.view(record));
  }

  /** Forgets everything; numbering goes on. */
  clear(): void {
    this.#records.clear();
    this.#bodies.clear();
  }
}
