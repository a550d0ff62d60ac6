import { memoize } from '../../../memo/body-memo.ts';
import { promptTokens } from '../../content/tokens.ts';
import { answeringModel } from '../../models/served-model.ts';
import { charge } from '../../request/charge.ts';
import { promptOf } from '../../request/prompt.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { asList, asRecord, fieldsOf, modelOf } from '../../request/request.ts';
import { outputOf } from './output.ts';
import type { OutputItem } from './output-item.ts';
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

/** What the service that is asked tells beside what OpenAI does. */
function remarks({ items, isFiltered }: Remarkable, { request, settings }: ReplyContext): Partial<ResponseAnswer['echo']> {
  const { responseRemarks } = request.dialect;
  if (responseRemarks === undefined) return NO_REMARKS;
  const prompt = promptOf(request).content(fieldsOf(request));
  const said = { prompt: lengthOf(prompt.texts), answer: lengthOf(items.flatMap(textsOf)), isFiltered };
  return responseRemarks(modelOf(request) ?? '', said, settings);
}

interface Remarkable extends Pick<ResponseAnswer, 'items'> {
  readonly isFiltered: boolean;
}

const NO_REMARKS = {};

function textsOf(item: OutputItem): readonly string[] {
  const whole = item.whole({ id: '', callId: '', seal: '' });
  if (whole.type !== 'message') return [];
  return asList(whole.content).map((part) => String(asRecord(part)?.['text'] ?? ''));
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((total, text) => total + text.length, 0);
}

function createAnswer(context: ReplyContext): ResponseAnswer {
  const { request, settings, libraries } = context;
  const fields = fieldsOf(request);
  const model = answeringModel(request, settings, 'gpt-4o');
  const { items, reasoning, incompleteReason } =
    request.turn?.generates === false ? NOTHING_SAID : outputOf(responseWishes(fields, model), model, context);
  const output = items.reduce((total, { tokens }) => total + tokens, 0);
  const isFiltered = incompleteReason === 'content_filter';
  return {
    model,
    echo: { ...responseEcho(fields, model), ...remarks({ items, isFiltered }, context) },
    items,
    usage: responseUsage({ input: tokensBefore(context) + promptTokens(request, settings, libraries), output, reasoning }),
    incompleteReason,
  };
}
