import { perObject } from '../../../memo/per-object.ts';
import type { AnswerEditor } from '../../wire/answer-editor.ts';
import type { EndpointManners } from '../dialect.ts';
import { answersByCompletion, printChat, printChatEvent } from './chat-filters.ts';
import { azureResponseGrammar } from './response-grammar.ts';

/** Azure has no moderations (https://github.com/betalgo/openai/issues/496, https://github.com/truera/trulens/pull/1116). What the others do there is unverified. */
const NOT_SERVED: ReadonlySet<string> = new Set(['moderations', 'responses.websocket', 'root', 'traces.ingest']);

/** An endpoint as Azure has it; undefined where it has none. */
export function azureEndpoint<E extends EndpointManners>(endpoint: E): E | undefined {
  return mannersOf(endpoint) as E | undefined;
}

/** One front end answers for all. */
const mannersOf = perObject((endpoint: EndpointManners): EndpointManners | undefined => {
  const { name, answer, stream, withoutHeaders: _without, challenges: _challenges, ...others } = endpoint;
  if (NOT_SERVED.has(name)) return undefined;
  return {
    ...others,
    name,
    gateway: true,
    ...(answer && { answer: answersByCompletion(name) ? printedAsChat(answer) : answer }),
    ...(stream && { stream: name === 'responses' ? azureResponseGrammar : stream }),
  };
});

function printedAsChat(editor: AnswerEditor): AnswerEditor {
  return { ...editor, printBody: printChat, printEvent: printChatEvent };
}
