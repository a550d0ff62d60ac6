import { z } from 'zod';
import { restOf } from '../collections/rest-of.ts';
import { isStreamed } from '../openai/request/request.ts';
import { record } from '../schema/fields.ts';
import type { Effect, Reply } from '../wire/effect.ts';
import { wholeBody, withText } from '../wire/whole-body.ts';
import { defineFault } from './fault.ts';

/** So do aggregators report what their upstream refused. */
export const errorInBody = defineFault({
  name: 'error_in_body',
  summary: 'answers 200 with an error object in place of the answer; of a stream it is the only event',
  leaves: 'unreadable',
  kind: 'answer',
  injectedAt: 'api',
  source: 'https://github.com/immersive-translate/immersive-translate/issues/2725',
  params: record({
    message: z.string().default('The server had an error while processing your request. Sorry about that!'),
    type: z.string().nullable().default('server_error'),
    param: z.string().nullable().default(null),
    code: z.union([z.string(), z.number(), z.null()]).default(null),
  }).prefault({}),
  example: { message: 'Rate limit exceeded.', code: 429 },
  apply(reply, { message, type, param, code }, { request }) {
    const error = { message, type, param, code };
    const follower = isStreamed(request) ? request.endpoint?.stream?.follow() : undefined;
    if (follower !== undefined) return insteadOfEvents(reply, follower.error(error));
    return wholeBody(reply, (head, body) => {
      if (head.status !== 200) return [head, { type: 'write', data: body }, { type: 'end' }];
      return withText(head, JSON.stringify({ error }, null, 2));
    });
  },
});

/** The error comes as soon as the stream would have begun. An error answer stays as it is. */
function* insteadOfEvents(reply: Reply, error: readonly Effect[]): Reply {
  const effects = reply[Symbol.iterator]();
  for (let next = effects.next(); next.done !== true; next = effects.next()) {
    yield next.value;
    if (next.value.type !== 'head') continue;
    if (next.value.status !== 200) yield* restOf(effects);
    else yield* [...error, { type: 'end' } as const];
    return;
  }
}
