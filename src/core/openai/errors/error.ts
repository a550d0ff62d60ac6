import { utf8Length } from '../../text/utf8.ts';
import type { Head, Header, Reply } from '../../wire/effect.ts';
import { hasNoBody } from '../../wire/has-no-body.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { rateLimitHeaders } from '../rate-limits/rate-limit-headers.ts';
import type { ReplyContext } from '../request/reply-context.ts';
import type { RequestEndpoint } from '../request/request.ts';
import type { BodyFormat } from '../wire/layer.ts';
import type { ErrorAnswer } from './error-answer.ts';
import type { ErrorBody } from './error-body.ts';

export type { ErrorAnswer, RawBody } from './error-answer.ts';

interface ErrorFields {
  readonly type?: string;
  readonly param?: string | null;
  readonly code?: string | null;
}

/** An error of layer G. */
export function gatewayError(status: number, message: string, fields: ErrorFields = {}): ErrorAnswer {
  return { status, layer: 'gateway', error: envelope(message, fields) };
}

/** An error of layer A. */
export function apiError(status: number, message: string, fields: ErrorFields = {}): ErrorAnswer {
  return { status, layer: 'api', error: envelope(message, fields) };
}

function envelope(message: string, { type = 'invalid_request_error', param = null, code = null }: ErrorFields): ErrorBody {
  return { message, type, param, code };
}

/** The body as the layer of the dialect prints it. */
export function errorText(answer: ErrorAnswer, dialect: Dialect): string {
  if (hasNoBody(answer.status)) return '';
  if (answer.raw !== undefined) return answer.raw.body;
  if (answer.print !== undefined && answer.error !== undefined) return answer.print(answer.error);
  const { indent, trailingNewline } = formatOf(answer, dialect);
  return JSON.stringify(dialect.envelope(answer.error), null, indent) + (trailingNewline ? '\n' : '');
}

/** The error as wire effects, in the words of the dialect. */
export function errorReply(given: ErrorAnswer, context: ReplyContext): Reply {
  return spokenReply(inDialect(given, context), context);
}

/** The error as the service that is asked would put it. */
export function inDialect(answer: ErrorAnswer, context: ReplyContext): ErrorAnswer {
  const { refusal } = context.request.dialect;
  return refusal === undefined || answer.asWritten === true ? answer : refusal(answer, context);
}

/** The error as wire effects, its words as they are. */
export function* spokenReply(given: ErrorAnswer, context: ReplyContext): Reply {
  const { dialect, endpoint } = context.request;
  const answer = ofEndpoint(endpoint?.gateway === false ? withoutGateway(given) : given, endpoint);
  const body = errorText(answer, dialect);
  const fields = dialect.headers.headOf(
    {
      ...answer,
      extra: [...ownHeaders(answer, body, context), ...(answer.extra ?? [])],
    },
    context,
  );
  yield {
    type: 'head',
    status: answer.status,
    ...fields,
    errorCode: answer.error?.code ?? null,
    errorType: answer.error?.type ?? null,
    ...(dialect.resetUnitMs !== undefined && { resetUnitMs: dialect.resetUnitMs }),
  } satisfies Head;
  if (body !== '') yield { type: 'write', data: body };
  yield { type: 'end' };
}

/** An error that only the reply finds: the request refers to something that is not as it has to be. */
export function* refusalReply(answer: ErrorAnswer, context: ReplyContext): Reply {
  for (const effect of errorReply(answer, context))
    yield effect.type === 'head' ? { ...effect, refusedBy: answer.layer } : effect;
}

/** What the API service of that endpoint leaves out and puts in. */
function ofEndpoint(answer: ErrorAnswer, endpoint: RequestEndpoint | undefined): ErrorAnswer {
  if (answer.layer !== 'api' || endpoint === undefined) return answer;
  const { withoutHeaders = NO_NAMES, challenges } = endpoint;
  const challenge = challenges === true && answer.status === 401 ? ['www-authenticate'] : NO_NAMES;
  if (withoutHeaders.length + challenge.length === 0) return answer;
  return { ...answer, without: [...(answer.without ?? []), ...withoutHeaders], also: [...(answer.also ?? []), ...challenge] };
}

const NO_NAMES: readonly string[] = [];

/** Without a gateway the API service answers everything (wire.md 0). It does not know whose a refused key is (wire.md 2.3). */
function withoutGateway(answer: ErrorAnswer): ErrorAnswer {
  if (answer.layer !== 'gateway') return answer;
  const unknown = answer.status === 401 ? ['openai-organization', 'openai-project'] : [];
  return { ...answer, layer: 'api', without: [...(answer.without ?? []), ...unknown] };
}

/** Type and length of the body, and the state of the rate limit, unless the answer brings its own. */
function ownHeaders(answer: ErrorAnswer, body: string, context: ReplyContext): Header[] {
  const own: Header[] = hasNoBody(answer.status)
    ? []
    : [
        ['content-type', answer.raw?.contentType ?? formatOf(answer, context.request.dialect).contentType],
        ['content-length', String(utf8Length(body))],
      ];
  if (answer.admitted === true) own.push(...rateLimitHeaders(context));
  const named = new Set(answer.extra?.map(([name]) => name.toLowerCase()));
  return own.filter(([name]) => !named.has(name));
}

function formatOf({ layer, format }: ErrorAnswer, { headers }: Dialect): BodyFormat {
  return { ...headers.layers[layer], ...format };
}
