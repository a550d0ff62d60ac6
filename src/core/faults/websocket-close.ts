import { z } from 'zod';
import { record, whole } from '../schema/fields.ts';
import { utf8Length } from '../text/utf8.ts';
import { afterChunks } from '../wire/after-chunks.ts';
import type { Reply } from '../wire/effect.ts';
import { defineFault } from './fault.ts';

/** A reason is at most so many bytes long (RFC 6455 §5.5). */
const LONGEST_REASON = 123;

/** Codes that may be sent (RFC 6455 §7.4). */
function isSendable(code: number): boolean {
  return (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);
}

/** As a server does that restarts, is overloaded or gives up. With which codes OpenAI closes is not known. */
export const websocketClose = defineFault({
  name: 'websocket_close',
  summary: 'closes the WebSocket with a code: in place of the answer, or after a few chunks',
  leaves: 'disconnected',
  leavesWith: ({ after_chunks: count }) => (count === undefined ? 'disconnected' : 'truncated'),
  kind: 'transport',
  terminalWith: ({ after_chunks: count }) => count === undefined,
  injectedAt: 'api',
  carriers: ['frames'],
  source: 'unverified',
  params: record({
    code: whole(1000)
      .default(1011)
      .refine(isSendable, { error: 'expected a code that may be sent: 1000 to 1003, 1007 to 1014, or 3000 to 4999' })
      .describe('1001 goes away, 1011 failed, 1012 restarts, 1013 is overloaded'),
    reason: z
      .string()
      .default('')
      .refine((reason) => utf8Length(reason) <= LONGEST_REASON, { error: `at most ${LONGEST_REASON} bytes` }),
    after_chunks: whole(0).optional().describe('content chunks that come first; without it nothing comes'),
  }).prefault({}),
  apply: (reply, { code, reason, after_chunks: count }) => {
    const closed: Reply = [{ type: 'close', saying: { code, reason } }];
    return count === undefined ? closed : afterChunks(reply, count, () => closed);
  },
});
