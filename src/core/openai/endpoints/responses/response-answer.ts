import { memoize } from '../../../memo/body-memo.ts';
import { promptTokens } from '../../content/tokens.ts';
import { answeringModel } from '../../models/served-model.ts';
import { charge } from '../../request/charge.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { fieldsOf } from '../../request/request.ts';
import { outputOf } from './output.ts';
import { responseEcho } from './response-echo.ts';
import { type ResponseAnswer, responseUsage } from './response-object.ts';
import { responseWishes } from './response-wishes.ts';
import { tokensBefore } from './stored/tokens-before.ts';

/** Makes up the response to a request. */
export function responseAnswer(context: ReplyContext): ResponseAnswer {
  const { request, settings, libraries, leastCalls } = context;
  const given = [request.path, settings, libraries, tokensBefore(context), request.turn?.generates, leastCalls];
  const answer = memoize(request.memo, 'response', given, () => createAnswer(context));
  const { total_tokens: total, output_tokens: output, output_tokens_details: details } = answer.usage;
  charge(context, total, output - details.reasoning_tokens);
  return answer;
}

/** The answer to a request that only prepares the next. That it is complete is documented, its usage unverified. */
const NOTHING_SAID = { items: [], reasoning: 0, incompleteReason: undefined };

function createAnswer(context: ReplyContext): ResponseAnswer {
  const { request, settings, libraries } = context;
  const fields = fieldsOf(request);
  const model = answeringModel(request, settings, 'gpt-4o');
  const { items, reasoning, incompleteReason } =
    request.turn?.generates === false ? NOTHING_SAID : outputOf(responseWishes(fields, model), model, context);
  const output = items.reduce((total, { tokens }) => total + tokens, 0);
  return {
    model,
    echo: responseEcho(fields, model),
    items,
    usage: responseUsage({ input: tokensBefore(context) + promptTokens(request, settings, libraries), output, reasoning }),
    incompleteReason,
  };
}
