/** What the journal keeps of a request and its answer under `record:`. */
export interface Recorded {
  /** Null where it was not read: of a connection that was refused, and of a request that its client left. */
  readonly request:
    | (RecordedMessage & { /** What stands behind `?`; null where nothing does. */ readonly query: string | null })
    | null;
  /** Null while the answer is under way, and where nothing was sent. */
  readonly response: RecordedMessage | null;
}

/** Header fields and body, without credentials: `[hidden]` stands in their place. */
export interface RecordedMessage {
  /** By lower-case name; of a field that comes several times the values, joined by `, `. Null where headers are not recorded. */
  readonly headers: Readonly<Record<string, string>> | null;
  /**
   * The beginning of the body as text, of a compressed request as it was decoded, of an answer as it was before it was compressed,
   * and of one that broke off as far as it was sent. Null where bodies are not recorded, and where it fell out of the journal.
   */
  readonly body: string | null;
  /** The body was longer than what is kept of it. */
  readonly bodyCut: boolean;
}
