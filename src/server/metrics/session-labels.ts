/** Sessions that have a label of their own at most: whoever asks for one makes one. */
const MAX_SESSIONS = 100;
/** The label of the others together. No session can have this name. */
const OTHER_SESSIONS = '(other)';

/** Under which label a session counts: its name for the first so many that were seen since the start. */
export class SessionLabels {
  readonly #own = new Set<string>();

  of(session: string): string {
    if (this.#own.has(session)) return session;
    if (this.#own.size >= MAX_SESSIONS) return OTHER_SESSIONS;
    this.#own.add(session);
    return session;
  }
}
