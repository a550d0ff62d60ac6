import { inputTooLongForModel, invalidBody } from '../../errors/errors.ts';
import { fieldsOf, isStreamed } from '../../request/request.ts';
import { defineEndpoint } from '../endpoint.ts';
import { responseAnswer } from './response-answer.ts';
import { responseGrammar } from './response-grammar.ts';
import { WITHOUT } from './response-headers.ts';
import { responsePrompt } from './response-prompt.ts';
import { responseReply } from './response-reply.ts';
import { responseStream } from './response-stream.ts';
import { responsesError } from './responses-error.ts';
import { backgroundReply, backgroundStream } from './stored/background-reply.ts';
import { turnQuestion } from './stored/turn-question.ts';

/** `POST /v1/responses`. */
export const responses = defineEndpoint({
  name: 'responses',
  path: '/v1/responses',
  gateway: false,
  withoutHeaders: WITHOUT,
  challenges: true,
  stream: responseGrammar,
  prompt: responsePrompt,
  judgesModel: true,
  unreadable: invalidBody,
  validate: responsesError,
  overflow: inputTooLongForModel,
  spentTokens: (context) => responseAnswer(context).usage.total_tokens,
  refersTo: turnQuestion,
  reply: (context) => {
    const isInBackground = fieldsOf(context.request)['background'] === true;
    if (isStreamed(context.request)) return isInBackground ? backgroundStream(context) : responseStream(context);
    return isInBackground ? backgroundReply(context) : responseReply(context);
  },
});
