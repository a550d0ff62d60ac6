import type { Steps } from '../core/at-once.ts';
import type { DeclaredCalls } from '../core/correlation/declared-calls.ts';
import type { JournalEntry } from '../core/journal/entry.ts';
import { readEntriesOver } from './read-entries.ts';
import type { Session } from './session.ts';

/** Entries of one step. */
const ENTRIES_AT_ONCE = 2_000;
/** Bodies that are parsed in one step. */
const BODIES_AT_ONCE = 64;

/**
 * The entries of sessions that belong together, as the judge needs them: `bodyShaCanonical` is there where requests of one call or
 * one idempotency key have different bytes. To parse all bodies takes longer than to judge what they were sent for. Where the
 * program declares its calls, requests are dealt out by what they say, and all are parsed.
 */
export function* entriesToJudge(
  sessions: readonly [Session, ...Session[]],
  calls: DeclaredCalls | undefined,
): Steps<JournalEntry[]> {
  const isDeclared = calls !== undefined;
  const entries = yield* readEntriesOver(sessions, isDeclared);
  if (isDeclared) return entries;
  const varied = new VariedNames();
  for (const [at, entry] of entries.entries()) {
    varied.note(entry);
    if (at % ENTRIES_AT_ONCE === 0) yield;
  }
  const sessionsById = new Map(sessions.map((session) => [session.id, session]));
  let parsed = 0;
  for (const [at, entry] of entries.entries()) {
    if (!varied.has(entry)) continue;
    entries[at] = whole(entry, sessionsById.get(entry.session));
    parsed += 1;
    if (parsed % BODIES_AT_ONCE === 0) yield;
  }
  return entries;
}

/** The entry with all that is known of its body; as it is where the journal has dropped it meanwhile. */
function whole(entry: JournalEntry, session: Session | undefined): JournalEntry {
  const [found] = session?.entries(entry.seq - 1) ?? [];
  return found?.seq === entry.seq ? { ...entry, bodyShaCanonical: found.bodyShaCanonical } : entry;
}

/** Names of calls, and idempotency keys, under which requests with different bytes came. */
class VariedNames {
  readonly #bodies = new Map<string, string>();
  readonly #varied = new Set<string>();

  note(entry: JournalEntry): void {
    for (const name of namesOf(entry)) {
      const known = this.#bodies.get(name);
      if (known === undefined) this.#bodies.set(name, entry.bodySha256);
      else if (known !== entry.bodySha256) this.#varied.add(name);
    }
  }

  has(entry: JournalEntry): boolean {
    return this.#varied.size > 0 && namesOf(entry).some((name) => this.#varied.has(name));
  }
}

function namesOf({ logicalId, headers }: JournalEntry): readonly string[] {
  const key = headers['idempotency-key'];
  return key === undefined ? [logicalId] : [logicalId, `key ${key}`];
}
