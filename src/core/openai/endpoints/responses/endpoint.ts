import type { Reply } from '../../../wire/effect.ts';
import { refusalReply } from '../../errors/error.ts';
import { inputTooLongForModel, invalidBody, requestedModelNotFound } from '../../errors/errors.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { fieldsOf, isStreamed } from '../../request/request.ts';
import { defineEndpoint } from '../endpoint.ts';
import { responseAnswer } from './response-answer.ts';
import { responseEditor } from './response-editor.ts';
import { responseGrammar } from './response-grammar.ts';
import { WITHOUT } from './response-headers.ts';
import { responsePrompt } from './response-prompt.ts';
import { responseReply } from './response-reply.ts';
import { responseStream } from './response-stream.ts';
import { responsesError, USUAL_INPUT } from './responses-error.ts';
import { backgroundReply, backgroundStream } from './stored/background-reply.ts';
import { tokensBefore } from './stored/tokens-before.ts';
import { turnReference } from './stored/turn-reference.ts';

/** `POST /v1/responses`. */
export const responses = defineEndpoint({
  name: 'responses',
  path: '/v1/responses',
  gateway: false,
  withoutHeaders: WITHOUT,
  challenges: true,
  answer: responseEditor,
  stream: responseGrammar,
  prompt: responsePrompt,
  judgesModel: true,
  unreadable: invalidBody,
  unknownModel: requestedModelNotFound,
  validate: responsesError,
  usual: USUAL_INPUT,
  overflow: inputTooLongForModel,
  spentTokens: (context) => responseAnswer(context).usage.total_tokens,
  refersTo: turnReference,
  reply: (context) => (isTooLongInAll(context) ? refusalReply(inputTooLongForModel(), context) : replyTo(context)),
});

function replyTo(context: ReplyContext): Reply {
  const isInBackground = fieldsOf(context.request)['background'] === true;
  if (isStreamed(context.request)) return isInBackground ? backgroundStream(context) : responseStream(context);
  return isInBackground ? backgroundReply(context) : responseReply(context);
}

/** The request fits the window of its model, but not with what was said before. */
function isTooLongInAll(context: ReplyContext): boolean {
  if (tokensBefore(context) === 0 || fieldsOf(context.request)['truncation'] === 'auto') return false;
  const { model, usage } = responseAnswer(context);
  const limit = model.inputWindow ?? model.contextWindow;
  return limit !== null && usage.input_tokens > limit;
}
