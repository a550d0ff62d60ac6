import type { Reply } from '../../../wire/effect.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { defineEndpoint } from '../endpoint.ts';

/** Where the Agents SDKs send what they did (wire-responses.md 9). What they send is not looked at. */
export const traces = defineEndpoint({
  name: 'traces.ingest',
  path: '/v1/traces/ingest',
  takesJson: false,
  takesModel: false,
  limited: false,
  answersJson: false,
  reply: tracesReply,
});

/** Captured: 204 without a body. Its headers are unverified: those of the API service. */
function* tracesReply(context: ReplyContext): Reply {
  yield { type: 'head', status: 204, ...context.request.dialect.headers.headOf({ layer: 'api' }, context) };
  yield { type: 'end' };
}
