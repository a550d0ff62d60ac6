import { HEADERS_OF_INTEREST, type JournalEntry } from '../core/journal/entry.ts';
import { unservedUrl } from '../core/openai/endpoints/unserved-urls.ts';
import { canonicalSha } from './canonical-sha.ts';
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
    bodyShaCanonical: body === undefined ? null : canonicalSha(new TextDecoder().decode(body)),
  };
}
