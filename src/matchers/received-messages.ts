import type { JournalEntry } from '../core/journal/entry.ts';
import { HIDDEN } from '../core/text/hide-credentials.ts';
import { plural } from '../core/text/plural.ts';
import { type Difference, differences, type Equals, isPattern, shown } from './differences.ts';
import type { Outcome } from './matcher.ts';

/** Requests, and differences of one, that a message tells of at most. */
const MOST_TOLD = 3;

/** Whether a request brought that body: an object is held against its JSON, as far as it has fields; a text or a pattern against the body as it is. */
export function receivedBody(entries: readonly JournalEntry[], expected: unknown, equals: Equals): Outcome {
  const read = entries.flatMap((entry) => {
    const { body, bodyCut } = entry.recorded?.request ?? {};
    return body == null ? [] : [{ entry, body, bodyCut: bodyCut === true }];
  });
  if (read.length === 0) return nothingRecorded(entries, 'bodies', 'record: { bodies: 64KiB }');
  const compared = read.map(({ entry, body, bodyCut }) => ({ entry, bodyCut, found: bodyDifferences(body, expected, equals) }));
  return outcomeOf(compared);
}

/** Whether a request brought that header field, with that value where one is given. */
export function receivedHeader(entries: readonly JournalEntry[], name: string, value: unknown, equals: Equals): Outcome {
  const lower = name.toLowerCase();
  const read = entries.flatMap((entry) => {
    const headers = entry.recorded?.request?.headers;
    return headers == null ? [] : [{ entry, field: Object.hasOwn(headers, lower) ? headers[lower] : undefined }];
  });
  if (read.length === 0) return nothingRecorded(entries, 'headers', 'record: { headers: true }');
  if (value !== undefined && read.some(({ field }) => field === HIDDEN)) {
    return { holds: 'undecided', found: `the journal never keeps what ${lower} says: ask for the field alone` };
  }
  const compared = read.map(({ entry, field }) => {
    const isThere = value === undefined ? field !== undefined : undefined;
    const found =
      isThere === true ? [] : value === undefined ? [missing(lower)] : differences(field, value, { equals, at: lower });
    return { entry, bodyCut: false, found };
  });
  return outcomeOf(compared);
}

interface Compared {
  readonly entry: JournalEntry;
  readonly bodyCut: boolean;
  readonly found: readonly Difference[];
}

function outcomeOf(compared: readonly Compared[]): Outcome {
  const hit = compared.find(({ found }) => found.length === 0);
  if (hit !== undefined) return { holds: true, found: `${requestText(hit.entry)} did` };
  const nearest = compared.toSorted((one, other) => one.found.length - other.found.length).slice(0, MOST_TOLD);
  const lines = nearest.map(({ entry, found }) => `\n  ${requestText(entry)}: ${differencesText(found)}`);
  const told = `none of ${plural(compared.length, 'request')} did${lines.join('')}`;
  const cut = compared.some(({ bodyCut }) => bodyCut);
  return cut
    ? { holds: 'undecided', found: `bodies were cut as they were recorded: raise record.bodies. Of what is there ${told}` }
    : { holds: false, found: told };
}

function nothingRecorded(entries: readonly JournalEntry[], what: string, advice: string): Outcome {
  const found =
    entries.length === 0 ? 'no request reached the mock' : `the journal has no ${what}: give the scenario \`${advice}\``;
  return { holds: 'undecided', found };
}

function bodyDifferences(body: string, expected: unknown, equals: Equals): readonly Difference[] {
  if (typeof expected === 'string') {
    return body.includes(expected) ? [] : [{ at: 'body', expected: `text with ${shown(expected)}`, found: shown(body) }];
  }
  if (isPattern(expected)) return differences(body, expected, { equals, at: 'body' });
  try {
    return differences(JSON.parse(body), expected, { equals, at: '' });
  } catch {
    return [{ at: 'body', expected: 'JSON', found: shown(body) }];
  }
}

function missing(name: string): Difference {
  return { at: name, expected: 'the field', found: 'nothing' };
}

function requestText({ seq, method, path }: JournalEntry): string {
  return `request ${seq} (${method} ${path})`;
}

function differencesText(found: readonly Difference[]): string {
  const told = found
    .slice(0, MOST_TOLD)
    .map(({ at, expected, found: actual }) => `${at === '' ? 'body' : at}: expected ${expected}, found ${actual}`);
  return found.length > MOST_TOLD ? `${told.join('; ')}; and ${found.length - MOST_TOLD} more` : told.join('; ');
}
