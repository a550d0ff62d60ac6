import type { Reply } from '../../wire/effect.ts';
import type { ErrorAnswer } from '../errors/error.ts';
import type { ReplyContext } from '../request/reply-context.ts';
import type { ApiRequest, Fields, RequestEndpoint } from '../request/request.ts';
import type { Terms } from '../validation/terms.ts';

/** The context window that a request is said to exceed, in tokens. */
export interface Overflow {
  readonly model: string;
  /** The window that the scenario gives. */
  readonly limit: number | undefined;
  /** The tokens that the scenario says the request has. */
  readonly used: number | undefined;
  /** The window of the model, where it is known. */
  readonly contextWindow: number | null;
}

/** An endpoint of the API: everything that belongs to it alone. */
export interface Endpoint extends RequestEndpoint {
  /** The answer when nothing is wrong. */
  reply(context: ReplyContext): Reply;
  /** What is wrong with the query of the request. Without it, nothing ever is. */
  readonly validateQuery?: (query: string) => ErrorAnswer | undefined;
  /** A request without a body is as good as one with `{}`. */
  readonly bodyOptional?: boolean;
  /** `validate` looks at the model, too: whether there is one, and whether it is served. Without it the gateway does. */
  readonly judgesModel?: boolean;
  /** The answer to a body that is not JSON. Without it, that of the gateway. */
  readonly unreadable?: () => ErrorAnswer;
  /** The answer to a request whose model does not exist. Without it, that of the gateway. */
  readonly unknownModel?: (model: string) => ErrorAnswer;
  /** What is wrong with the fields of a request whose key, JSON and model are good. Without it, nothing ever is. */
  readonly validate?: (fields: Fields, terms: Terms) => ErrorAnswer | undefined;
  /** What stands for fields that a request has to have and lacks, where requests are not validated: a model, and a question. */
  readonly usual?: Fields & { readonly model?: string };
  /** What is wrong with a form that could be read. Without it, nothing ever is. */
  readonly validateForm?: (request: ApiRequest) => ErrorAnswer | undefined;
  /** All tokens that the healthy answer costs. Without it, those of the prompt. Makes the answer up once more. */
  readonly spentTokens?: (context: ReplyContext) => number;
  /** The refusal of a request that does not fit the context window. Without it, that of chat completions. */
  readonly overflow?: (context: ReplyContext, overflow: Overflow) => ErrorAnswer;
}

/** Declares an endpoint. What is left out is the usual: a POST behind the gateway, with a key, a model and rate limits. */
export function defineEndpoint<Name extends string>(
  endpoint: Pick<Endpoint, 'path' | 'reply'> & Partial<Endpoint> & { readonly name: Name },
): Endpoint & { readonly name: Name } {
  const method = endpoint.method ?? 'POST';
  const isPost = method === 'POST';
  return { method, authenticated: true, gateway: true, takesJson: isPost, takesModel: isPost, limited: isPost, ...endpoint };
}
