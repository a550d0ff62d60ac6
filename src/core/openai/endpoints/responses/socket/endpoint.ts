import type { Reply } from '../../../../wire/effect.ts';
import type { ReplyContext } from '../../../request/reply-context.ts';
import type { SocketProtocol } from '../../../wire/socket-protocol.ts';
import { defineEndpoint } from '../../endpoint.ts';
import { WITHOUT } from '../response-headers.ts';
import { frameOf, inLane } from './error-frame.ts';
import { ResponsesConversation } from './responses-conversation.ts';

/** How the Responses API speaks over a WebSocket (wire-responses.md 7). Its connections last an hour (documented). */
const socket: SocketProtocol = {
  longestMs: 60 * 60_000,
  open: () => new ResponsesConversation(),
  frameOf,
  inLane,
};

/** The request that opens a WebSocket: `GET /v1/responses`. Each response that is asked for on it is a request by itself. */
export const responsesSocket = defineEndpoint({
  name: 'responses.websocket',
  method: 'GET',
  path: '/v1/responses',
  gateway: false,
  limited: false,
  takesJson: false,
  takesModel: false,
  withoutHeaders: WITHOUT,
  challenges: true,
  socket,
  reply: switchProtocols,
});

/** What a WebSocket needs by RFC 6455 the server adds. Which other headers OpenAI sends is unverified. */
function switchProtocols(context: ReplyContext): Reply {
  const { dialect } = context.request;
  const { headers } = dialect.headers.headOf({ layer: 'api', without: [...WITHOUT, 'connection'] }, context);
  return [{ type: 'head', status: 101, headers }, { type: 'end' }];
}
