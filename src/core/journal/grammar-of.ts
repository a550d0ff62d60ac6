import { endpointNamed } from '../openai/endpoints/registry.ts';
import type { StreamGrammar } from '../openai/wire/stream-grammar.ts';
import type { JournalEntry } from './entry.ts';

/** How the stream is written that the request asked for; undefined where it asked for none. */
export function grammarOf({ endpoint, stream }: Pick<JournalEntry, 'endpoint' | 'stream'>): StreamGrammar | undefined {
  return stream && endpoint !== null ? endpointNamed(endpoint)?.stream : undefined;
}
