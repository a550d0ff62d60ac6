import { utf8Length } from '../../../text/utf8.ts';
import type { Reply } from '../../../wire/effect.ts';
import type { ReplyContext } from '../../request/reply-context.ts';

/** wire.md 1.3, last line. */
const WELCOME =
  '{"message": "Welcome to the OpenAI API! Documentation is available at https://platform.openai.com/docs/api-reference"}';

/** `GET /`. Its headers were not captured; the gateway is taken to answer. */
export function* rootReply(context: ReplyContext): Reply {
  const extra = [
    ['content-type', 'application/json'],
    ['content-length', String(utf8Length(WELCOME))],
  ] as const;
  yield {
    type: 'head',
    status: 200,
    ...context.request.dialect.headers.headOf({ layer: 'gateway', extra }, context),
  };
  yield { type: 'write', data: WELCOME };
  yield { type: 'end' };
}
