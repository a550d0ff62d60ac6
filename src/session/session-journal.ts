import { callLabel } from '../core/correlation/call-name.ts';
import { BodyStore } from '../core/journal/body-store.ts';
import type { JournalEntry } from '../core/journal/entry.ts';
import { Journal, type JournalBounds } from '../core/journal/journal.ts';
import type { Recorded } from '../core/journal/recorded.ts';
import { endpointNamed } from '../core/openai/endpoints/registry.ts';
import { canonicalSha } from '../exchange/canonical-sha.ts';
import { entryView } from '../exchange/entry-view.ts';
import { questionIn } from '../exchange/question-in.ts';
import { type JournalRecord, type Received, type RecordPlace, recordOf } from '../exchange/record.ts';
import { toolResultsIn } from '../exchange/tool-results-in.ts';
import { RecordArchive } from './record-archive.ts';

/** The number of records that are left out. The first that is kept has 1. */
const NOT_KEPT = 0;
/** Records that are looked through for those that are not over. */
const SEARCHED = 2_000;
/** Of the length of a text that is kept among the bodies. */
const LENGTH_BYTES = 4;

/** The journal of a session: its records, and the bodies of their requests. */
export class SessionJournal {
  readonly #records: Journal<JournalRecord>;
  readonly #bodies: BodyStore;
  readonly #entries: number;
  readonly #leavesOut: (call: string) => boolean;
  /** What was found out about bodies when they were first read, each in the place of its record; empty until then. */
  #canonical: (string | null | undefined)[] = [];
  /** Until then nobody asks for the results of calls. */
  #hasBrokenCalls = false;

  constructor(bounds: JournalBounds) {
    this.#entries = bounds.entries;
    this.#leavesOut = bounds.leavesOut ?? (() => false);
    this.#records = new Journal(bounds, new RecordArchive());
    this.#bodies = new BodyStore(bounds.bodyBytes, bounds.budget);
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

  /** Notes a request that is about to be answered. The record of one that is left out is nowhere but with its exchange. `wallMs`: milliseconds since the epoch. */
  note(received: Received, place: RecordPlace, wallMs: number): JournalRecord {
    const { evidence, call } = received.recognition;
    if (evidence === 'path' && this.#leavesOut(callLabel(call)))
      return recordOf(received, { seq: NOT_KEPT, place, wallMs, bodyAt: -1, recordedRequestAt: -1 });
    const { body } = received.incoming;
    const bodyAt = body.byteLength === 0 ? -1 : this.#bodies.write(body);
    const recordedRequestAt = received.recorded === undefined ? -1 : this.#write(received.recorded);
    const record = recordOf(received, { seq: this.nextSeq, place, wallMs, bodyAt, recordedRequestAt });
    this.#records.append(record);
    if (this.#canonical.length > 0) this.#canonical[record.seq % this.#entries] = undefined;
    return record;
  }

  /** Keeps the answer of a record, in JSON. */
  noteResponse(record: JournalRecord, recorded: string): void {
    if (record.seq !== NOT_KEPT) record.recordedResponseAt = this.#write(recorded);
  }

  /** To be called when nothing of the record will change any more. */
  close(record: JournalRecord): void {
    if (record.seq === NOT_KEPT) return;
    this.#hasBrokenCalls ||= record.brokenCalls !== null;
    this.#records.close(record);
  }

  /** The record as it is shown. */
  view(record: JournalRecord, parsesBodies = true): JournalEntry {
    return entryView(
      record,
      parsesBodies ? this.#canonicalSha(record) : null,
      this.#hasBrokenCalls ? this.#toolResults(record) : null,
      parsesBodies ? this.#recorded(record) : null,
    );
  }

  /**
   * The entries after the given number that are there now, oldest first, read one by one. Without `parsesBodies`
   * `bodyShaCanonical` is null: to find it takes most of the time.
   */
  *since(seq: number, parsesBodies = true): Generator<JournalEntry> {
    for (const record of this.#records.since(seq)) yield this.view(record, parsesBodies);
  }

  /** Numbers of records that are not over: so many at most, of the newest. */
  openSeqs(most: number): number[] {
    const open: number[] = [];
    for (const record of this.#records.since(this.nextSeq - 1 - SEARCHED)) {
      if (record.t_end === null) open.push(record.seq);
      if (open.length === most) break;
    }
    return open;
  }

  /** Forgets everything; numbering goes on. */
  clear(): void {
    this.#records.clear();
    this.#bodies.clear();
    this.#canonical = [];
    this.#hasBrokenCalls = false;
  }

  /** Gives back the memory of a session that is closed. */
  giveBack(): void {
    this.#bodies.clear();
  }

  #recorded({ recordedRequestAt, recordedResponseAt }: JournalRecord): JournalEntry['recorded'] {
    const [request, response] = [recordedRequestAt, recordedResponseAt].map((at) => this.#read(at));
    if (request === undefined && response === undefined) return null;
    return {
      request: request === undefined ? null : (JSON.parse(request) as Recorded['request']),
      response: response === undefined ? null : (JSON.parse(response) as Recorded['response']),
    };
  }

  /** Keeps a text among the bodies, its length before it; returns its address. */
  #write(text: string): number {
    const bytes = Buffer.alloc(LENGTH_BYTES + Buffer.byteLength(text));
    bytes.writeUInt32LE(bytes.length - LENGTH_BYTES);
    bytes.write(text, LENGTH_BYTES);
    return this.#bodies.write(bytes);
  }

  #read(address: number): string | undefined {
    const length = this.#bodies.read(address, LENGTH_BYTES);
    if (length === undefined) return undefined;
    const bytes = this.#bodies.read(address + LENGTH_BYTES, Buffer.from(length).readUInt32LE());
    return bytes && Buffer.from(bytes.buffer).toString();
  }

  #toolResults({ bodyAt, bodyBytes }: JournalRecord): JournalEntry['toolResults'] {
    const body = this.#bodies.holds(bodyAt) ? this.#bodies.read(bodyAt, bodyBytes) : undefined;
    return body === undefined ? null : toolResultsIn(body);
  }

  /** What the request of a record asks; undefined where its body is not kept any more. */
  questionOf({ endpoint, bodyAt, bodyBytes }: JournalRecord): string | undefined {
    const body = endpoint !== null && this.#bodies.holds(bodyAt) ? this.#bodies.read(bodyAt, bodyBytes) : undefined;
    return body && questionIn(body, endpointNamed(endpoint ?? ''));
  }

  /** Parses and hashes the body of a record once. */
  #canonicalSha({ seq, bodyAt, bodyBytes }: JournalRecord): string | null {
    if (!this.#bodies.holds(bodyAt)) return null;
    const place = seq % this.#entries;
    // The place of a record that has fallen out belongs to another.
    const isKept = seq + this.#entries >= this.nextSeq;
    const known = isKept ? this.#canonical[place] : undefined;
    if (known !== undefined) return known;
    const body = this.#bodies.read(bodyAt, bodyBytes);
    const found = body === undefined ? null : canonicalSha(body);
    if (!isKept) return found;
    if (this.#canonical.length === 0) this.#canonical = new Array(this.#entries).fill(undefined);
    this.#canonical[place] = found;
    return found;
  }
}
