import type { CallHistory } from '../core/backoff/history/call-history.ts';
import { historiesOf } from '../core/backoff/history/history.ts';
import type { JournalEntry } from '../core/journal/entry.ts';
import { describeValue } from '../core/schema/fields.ts';
import { plural } from '../core/text/plural.ts';
import type { MockSession } from '../mock.ts';
import { timeline } from './timeline.ts';

/** What matchers are asked of: a mock, or one of its sessions. */
export type Matched = Pick<MockSession, 'calls' | 'journal' | 'verdict'> & {
  /** The further services of a mock: what they received, the mock received. */
  readonly providers?: Readonly<Record<string, Pick<MockSession, 'journal'>>>;
};

/** What vitest and Jest tell a matcher. */
export interface MatcherContext {
  readonly isNot?: boolean;
  /** How values are compared; it knows `expect.any` and its kin. */
  equals?(actual: unknown, expected: unknown): boolean;
}

/** What vitest and Jest want to hear from a matcher. */
export interface MatcherResult {
  readonly pass: boolean;
  message(): string;
}

/** What a matcher found out. `undecided` fails with and without `.not`: nothing was seen that could speak either way. */
export interface Outcome {
  readonly holds: boolean | 'undecided';
  /** What was seen, in one clause. */
  readonly found: string;
}

/** A matcher of what a mock received; `expected` says in words what it wants. */
export function matcher(
  { isNot = false }: MatcherContext,
  received: unknown,
  { expected, judge }: { expected: string; judge(mock: Matched, calls: readonly CallHistory[]): Outcome },
): MatcherResult {
  if (!isMatched(received)) throw new TypeError(`expected a mock or a session of one, found ${describeValue(received)}`);
  const entries = receivedBy(received);
  const calls = historiesOf(entries);
  const { holds, found } = judge(received, calls);
  const open = entries.filter(({ t_end }) => t_end === null).length;
  const pending = open === 0 ? '' : `\n${plural(open, 'request is', 'requests are')} not over yet: await mock.idle() first`;
  return {
    pass: holds === 'undecided' ? isNot : holds,
    message: () => {
      const wanted = `expected the client ${isNot ? 'not ' : ''}${expected}`;
      return `${wanted}, but ${holds === 'undecided' ? 'that cannot be told: ' : ''}${found}${timeline(calls)}${pending}`;
    },
  };
}

/** The requests to a session, or to all services of a mock, in order of arrival. */
export function receivedBy(mock: Matched): JournalEntry[] {
  const services = [mock, ...Object.values(mock.providers ?? {})];
  return services.flatMap((service) => service.journal()).sort((a, b) => a.t_headers - b.t_headers);
}

function isMatched(value: unknown): value is Matched {
  if (typeof value !== 'object' || value === null) return false;
  return ['calls', 'journal', 'verdict'].every((name) => typeof Reflect.get(value, name) === 'function');
}
