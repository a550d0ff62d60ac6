import type { Header, Reply } from '../reply/effect.ts';
import type { ReplyContext } from './context.ts';
import { type HeaderSet, headersOf } from './layer.ts';

const BODY: readonly Header[] = [
  ['content-type', 'application/json'],
  ['transfer-encoding', 'chunked'],
];

/** A successful answer of the API service: JSON of two spaces and a newline at the end (wire.md 2.2). */
export function* jsonReply(value: unknown, headers: Omit<HeaderSet, 'layer'>, context: ReplyContext): Reply {
  const extra = [...BODY, ...(headers.extra ?? [])];
  yield {
    type: 'head',
    status: 200,
    headers: headersOf({ ...headers, layer: 'api', extra }, context),
  };
  yield { type: 'write', data: `${JSON.stringify(value, null, 2)}\n` };
  yield { type: 'end' };
}
