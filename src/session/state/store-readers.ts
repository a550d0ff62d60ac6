import type { StoreReaders } from '../../core/openai/store/session-store.ts';

/** The body of a request that was good JSON; of one without a body nothing. */
function parsed(body: Uint8Array): unknown {
  return body.byteLength === 0 ? undefined : JSON.parse(Buffer.from(body).toString());
}

/** How this process reads what a session keeps. */
export const STORE_READERS: StoreReaders = { parse: parsed, textOf: (bytes) => Buffer.from(bytes).toString() };
