import { HEADERS_OF_INTEREST, type JournalEntry } from '../core/journal/entry.ts';
import { asRecord } from '../core/openai/request.ts';
import { unservedUrl } from '../core/openai/unserved-urls.ts';
import { sha256 } from './incoming.ts';
import type { JournalRecord } from './record.ts';

/** The record as it is shown, with the body as far as it is kept. */
export function entryView(record: JournalRecord, body: Uint8Array | undefined): JournalEntry {
  const { place, wallMs, bodyAt: _address, headers, ...rest } = record;
  return {
    ...place,
    ...rest,
    time: new Date(wallMs).toISOString(),
    tlsResumed: null,
    unserved: rest.endpoint === null && unservedUrl(rest.method, rest.path) !== undefined,
    headers: Object.fromEntries(headers.flatMap((value, index) => (value === null ? [] : [[HEADERS_OF_INTEREST[index], value]]))),
    bodyShaCanonical: body === undefined ? null : canonicalSha(body),
  };
}

function canonicalSha(body: Uint8Array): string | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    const { stream_options: _ignored, ...rest } = asRecord(value) ?? {};
    return sha256(JSON.stringify(asRecord(value) === undefined ? value : rest, sortKeys));
  } catch {
    return null;
  }
}

function sortKeys(_key: string, value: unknown): unknown {
  const record = asRecord(value);
  return record === undefined ? value : Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
