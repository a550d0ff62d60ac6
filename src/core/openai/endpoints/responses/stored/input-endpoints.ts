import { pick } from '../../../../random.ts';
import type { Reply } from '../../../../wire/effect.ts';
import { promptTokens } from '../../../content/tokens.ts';
import { inputTooLongForModel, invalidBody } from '../../../errors/errors.ts';
import type { ReplyContext } from '../../../request/reply-context.ts';
import { fieldsOf } from '../../../request/request.ts';
import type { StoredItem } from '../../../store/stored-response.ts';
import { textReply } from '../../../wire/json-reply.ts';
import { Success } from '../../../wire/success.ts';
import { defineEndpoint } from '../../endpoint.ts';
import { WITHOUT } from '../response-headers.ts';
import { chainOf, ResponseIds } from '../response-id.ts';
import { inSeconds } from '../response-identity.ts';
import { printedBody } from '../response-json.ts';
import { responseUsage } from '../response-object.ts';
import { responsePrompt } from '../response-prompt.ts';
import { responsesError, USUAL_INPUT } from '../responses-error.ts';
import { itemsShown } from './input-items.ts';
import { tokensBefore } from './tokens-before.ts';
import { turnReference } from './turn-reference.ts';

const SUCCESS = new Success({ contentType: 'application/json', limited: false, without: WITHOUT });
const LIMITED = new Success({ contentType: 'application/json', limited: true, without: WITHOUT });

const BASE = {
  gateway: false,
  withoutHeaders: WITHOUT,
  challenges: true,
  prompt: responsePrompt,
  judgesModel: true,
  unreadable: invalidBody,
  validate: responsesError,
  usual: USUAL_INPUT,
  overflow: inputTooLongForModel,
  refersTo: turnReference,
} as const;

/** What is done with the input of a response without an answer to it (wire-responses.md 4). Its fields are checked as those of a response. */
export const inputEndpoints = [
  defineEndpoint({
    ...BASE,
    name: 'responses.input_tokens',
    path: '/v1/responses/input_tokens',
    limited: false,
    reply: inputTokensReply,
  }),
  defineEndpoint({ ...BASE, name: 'responses.compact', path: '/v1/responses/compact', reply: compactReply }),
] as const;

function inputTokensReply(context: ReplyContext): Reply {
  const count = { object: 'response.input_tokens', input_tokens: inputTokens(context) };
  return textReply(SUCCESS, printedBody(count), context);
}

const SEAL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** How long the seal of a compaction is, in characters: our own choice. */
const SEALED_LENGTH = 240;
/** What it costs to make it, in tokens: our own choice. */
const COMPACTION_TOKENS = 60;

/** The messages of the user as they are; all else is in one item that cannot be read. */
function compactReply(context: ReplyContext): Reply {
  const { request, clock, random } = context;
  const { input, previous_response_id: previous } = fieldsOf(request);
  const wallMs = clock.wall();
  const ids = new ResponseIds(random('id'), { chain: chainOf(previous), stored: false });
  const id = ids.next('resp', wallMs);
  const said = itemsShown(input, (prefix) => ids.next(prefix, wallMs)).filter(isOfUser);
  const compaction = {
    id: ids.next('cmp', wallMs),
    type: 'compaction',
    encrypted_content: pick(random('seal'), SEAL, SEALED_LENGTH, 'gAAAAAB'),
  };
  const body = {
    id,
    object: 'response.compaction',
    created_at: inSeconds(wallMs),
    output: [...said, compaction],
    usage: responseUsage({ input: inputTokens(context), output: COMPACTION_TOKENS, reasoning: 0 }),
  };
  return textReply(LIMITED, printedBody(body), context);
}

function isOfUser({ type, role }: StoredItem): boolean {
  return type === 'message' && role === 'user';
}

function inputTokens(context: ReplyContext): number {
  const { request, settings, libraries } = context;
  return tokensBefore(context) + promptTokens(request, settings, libraries);
}
