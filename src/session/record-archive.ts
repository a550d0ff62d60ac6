import type { Archive } from '../core/journal/journal.ts';
import type { JournalRecord } from '../exchange/record.ts';

/** Records of one block: memory is taken, and given back, for so many at once. Small, for there may be a thousand sessions. */
const BLOCK = 16;
/** Bytes for the texts of a block to begin with. */
const TEXT_BYTES = 4 * 1_024;

/** Numbers and shared values of one record. */
const NUMBERS = 20;
const SHARED = 15;

/**
 * Records: as objects while they may change, and when they are over in columns: numbers and bytes are outside of the heap,
 * and everything else is shared by many. Ten thousand records cost the collection of garbage nothing, and a few MB.
 */
export class RecordArchive implements Archive<JournalRecord> {
  readonly #blocks = new Map<number, Block>();
  /** Of the oldest block. */
  #first = 0;
  /** The last block that was forgotten: its memory serves the next. */
  #spare: Block | undefined;

  hold(record: JournalRecord): void {
    this.#blockOf(record.seq)?.hold(record.seq % BLOCK, record);
  }

  put(record: JournalRecord): void {
    this.#blockOf(record.seq)?.put(record.seq % BLOCK, record);
  }

  get(seq: number): JournalRecord | undefined {
    return this.#blocks.get(Math.floor(seq / BLOCK))?.get(seq % BLOCK, seq);
  }

  dropBefore(seq: number): void {
    const number = Math.floor(seq / BLOCK);
    for (; this.#first < number; this.#first++) {
      this.#spare = this.#blocks.get(this.#first) ?? this.#spare;
      this.#blocks.delete(this.#first);
      this.#spare?.clear();
    }
  }

  /** Undefined where it was forgotten. */
  #blockOf(seq: number): Block | undefined {
    const number = Math.floor(seq / BLOCK);
    if (number < this.#first) return undefined;
    let block = this.#blocks.get(number);
    if (block === undefined) {
      block = this.#spare ?? new Block();
      this.#spare = undefined;
      this.#blocks.set(number, block);
    }
    return block;
  }
}

class Block {
  /** Those that are not over. */
  readonly #held: (JournalRecord | undefined)[] = new Array(BLOCK).fill(undefined);
  readonly #numbers = new Float64Array(BLOCK * NUMBERS);
  readonly #shared: unknown[] = new Array(BLOCK * SHARED).fill(undefined);
  readonly #starts = new Uint32Array(BLOCK);
  /** Of the text; 0 where there is no record. */
  readonly #lengths = new Uint32Array(BLOCK);
  #text = Buffer.allocUnsafeSlow(TEXT_BYTES);
  #used = 0;

  clear(): void {
    this.#held.fill(undefined);
    this.#shared.fill(undefined);
    this.#lengths.fill(0);
    this.#used = 0;
  }

  hold(slot: number, record: JournalRecord): void {
    this.#held[slot] = record;
  }

  put(slot: number, record: JournalRecord): void {
    this.#held[slot] = undefined;
    const numbers = this.#numbers;
    const n = slot * NUMBERS;
    numbers[n] = record.wallMs;
    numbers[n + 1] = record.attemptSeq;
    numbers[n + 2] = record.connId;
    numbers[n + 3] = record.connReqSeq;
    numbers[n + 4] = numberOf(record.remotePort);
    numbers[n + 5] = record.t_accept;
    numbers[n + 6] = record.t_headers;
    numbers[n + 7] = numberOf(record.t_bodyEnd);
    numbers[n + 8] = numberOf(record.t_firstByteBefore);
    numbers[n + 9] = numberOf(record.t_lastByte);
    numbers[n + 10] = numberOf(record.t_clientClose);
    numbers[n + 11] = numberOf(record.t_end);
    numbers[n + 12] = record.bytesOut;
    numbers[n + 13] = record.chunksOut;
    numbers[n + 14] = record.eventsOut;
    numbers[n + 15] = record.bodyBytes;
    numbers[n + 16] = record.bodyAt;
    numbers[n + 17] = numberOf(record.queuedMs);
    numbers[n + 18] = numberOf(record.status);
    numbers[n + 19] = numberOf(record.paceDueAt);
    const shared = this.#shared;
    const s = slot * SHARED;
    shared[s] = record.place;
    shared[s + 1] = record.endpoint;
    shared[s + 2] = record.logicalIdFrom;
    shared[s + 3] = record.certainty;
    shared[s + 4] = record.closedBy;
    shared[s + 5] = record.closedHow;
    shared[s + 6] = record.method;
    shared[s + 7] = record.stream;
    shared[s + 8] = record.refusedBy;
    shared[s + 9] = record.errorCode;
    shared[s + 10] = record.shouldRetry;
    shared[s + 11] = record.faultApplied;
    shared[s + 12] = record.hint;
    shared[s + 13] = record.errorType;
    shared[s + 14] = record.retryable;
    this.#putText(slot, textOf(record));
  }

  #putText(slot: number, text: string): void {
    const most = this.#used + 3 * text.length;
    if (most > this.#text.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(most, 2 * this.#text.length));
      this.#text.copy(larger, 0, 0, this.#used);
      this.#text = larger;
    }
    const length = this.#text.write(text, this.#used);
    this.#starts[slot] = this.#used;
    this.#lengths[slot] = length;
    this.#used += length;
  }

  get(slot: number, seq: number): JournalRecord | undefined {
    const held = this.#held[slot];
    if (held !== undefined) return held;
    const length = this.#lengths[slot] ?? 0;
    if (length === 0) return undefined;
    const start = this.#starts[slot] ?? 0;
    const [logicalId, bodySha256, xRequestId, path, model, authorizationHash, headers] = JSON.parse(
      this.#text.toString('utf8', start, start + length),
    ) as Texts;
    const number = (column: number): number => this.#numbers[slot * NUMBERS + column] ?? Number.NaN;
    const orNull = (column: number): number | null => (Number.isNaN(number(column)) ? null : number(column));
    const shared = <T>(column: number): T => this.#shared[slot * SHARED + column] as T;
    return {
      seq,
      place: shared(0),
      wallMs: number(0),
      logicalId,
      logicalIdFrom: shared(2),
      certainty: shared(3),
      attemptSeq: number(1),
      connId: number(2),
      connReqSeq: number(3),
      remotePort: orNull(4),
      t_accept: number(5),
      t_headers: number(6),
      t_bodyEnd: orNull(7),
      t_firstByteBefore: orNull(8),
      t_lastByte: orNull(9),
      t_clientClose: orNull(10),
      t_end: orNull(11),
      closedBy: shared(4),
      closedHow: shared(5),
      bytesOut: number(12),
      chunksOut: number(13),
      eventsOut: number(14),
      method: shared(6),
      path,
      endpoint: shared(1),
      model,
      stream: shared(7),
      bodyBytes: number(15),
      bodyAt: number(16),
      bodySha256,
      authorizationHash,
      headers,
      faultApplied: shared(11),
      refusedBy: shared(8),
      queuedMs: orNull(17),
      status: orNull(18),
      errorCode: shared(9),
      errorType: shared(13),
      hint: shared(12),
      shouldRetry: shared(10),
      paceDueAt: orNull(19),
      retryable: shared(14),
      xRequestId,
    };
  }
}

type Texts = [
  logicalId: string,
  bodySha256: string,
  xRequestId: string,
  path: string,
  model: string | null,
  authorizationHash: string | null,
  headers: JournalRecord['headers'],
];

/** The texts of a record that most records have in common, printed. */
interface Common extends Pick<JournalRecord, 'path' | 'model' | 'authorizationHash' | 'headers'> {
  readonly text: string;
}

/** Of the last record: most come from the client of the one before. */
let common: Common | undefined;

/** The texts of a record as JSON. */
function textOf(record: JournalRecord): string {
  if (common === undefined || !isOf(common, record)) common = commonOf(record);
  // The two in the middle are made here, of signs that JSON does not change.
  return `[${JSON.stringify(record.logicalId)},"${record.bodySha256}","${record.xRequestId}",${common.text}]`;
}

function commonOf({ path, model, authorizationHash, headers }: JournalRecord): Common {
  const text = JSON.stringify([path, model, authorizationHash, headers]).slice(1, -1);
  return { path, model, authorizationHash, headers, text };
}

function isOf({ path, model, authorizationHash, headers }: Common, record: JournalRecord): boolean {
  if (path !== record.path || model !== record.model || authorizationHash !== record.authorizationHash) return false;
  if (headers === record.headers) return true;
  return headers.length === record.headers.length && headers.every((value, place) => value === record.headers[place]);
}

function numberOf(value: number | null): number {
  return value ?? Number.NaN;
}
