import { healthyReply } from '../../src/core/openai/endpoints/healthy-reply.ts';
import { errorReply } from '../../src/core/openai/errors/error.ts';
import type { AnswerSettings, ReplySpec } from '../../src/core/openai/request/answer-settings.ts';
import { asRecord } from '../../src/core/openai/request/request.ts';
import { libraries } from '../../src/libraries.ts';
import { type Collected, collect } from './effects.ts';
import { refusalOf } from './refusal.ts';
import { apiRequest, plainSettings, type RequestParts, replyContext } from './reply-context.ts';

/** What OpenAI answers to the request, natural errors included. A stream draws the text of its equal in one piece. */
export function ask(parts: RequestParts, reply: ReplySpec = {}, given: Partial<AnswerSettings> = {}): Collected {
  const fingerprint = JSON.stringify({ ...parts, body: { ...asRecord(parts.body), stream: 0, stream_options: 0 } });
  const request = { ...apiRequest(parts), fingerprint };
  const settings = { ...plainSettings, ...given, reply };
  const context = replyContext({ request, libraries, settings });
  const refusal = refusalOf(parts, { models: settings.models, tokens: settings.tokens });
  return collect(refusal === undefined ? healthyReply(context) : errorReply(refusal, context));
}
