import { utf8Length } from '../../text/utf8.ts';
import type { Head, Header, Reply } from '../../wire/effect.ts';
import { hasNoBody } from '../../wire/has-no-body.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { rateLimitHeaders } from '../rate-limits/rate-limit-headers.ts';
import type { ReplyContext } from '../request/reply-context.ts';
import type { RequestEndpoint } from '../request/request.ts';
import type { HeaderSet } from '../wire/header-profile.ts';
import type { BodyFormat } from '../wire/layer.ts';
import type { ErrorBody } from './error-body.ts';

/** A body that is not the envelope. */
export interface RawBody {
  readonly contentType: string;
  readonly body: string;
  /** The words in the body that stand for the message: a `message` of the scenario replaces each occurrence. */
  readonly message?: string;
}

/** An error answer: a JSON envelope in the format of its layer, or a raw body. */
export interface ErrorAnswer extends HeaderSet {
  readonly status: number;
  readonly error?: ErrorBody;
  /** Where the JSON of this answer departs from the format of its layer. */
  readonly format?: Partial<BodyFormat>;
  /** Replaces the envelope. */
  readonly raw?: RawBody;
  /** Found only after admission: the request has drawn from its buckets, and the answer shows them (wire.md 2.3). */
  readonly admitted?: true;
}

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
  const { indent, trailingNewline } = formatOf(answer, dialect);
  return JSON.stringify(dialect.envelope(answer.error), null, indent) + (trailingNewline ? '\n' : '');
}

/** The error as wire effects. */
export function* errorReply(given: ErrorAnswer, context: ReplyContext): Reply {
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
