import { lastUserText } from '../openai/content/tokens.ts';
import { promptOf } from '../openai/request/prompt.ts';
import { type ApiRequest, asList, fieldsOf, isStreamed, modelOf } from '../openai/request/request.ts';
import type { StreamFeature } from '../openai/wire/stream-grammar.ts';
import { draw } from '../random.ts';
import type { Carrier } from '../wire/carrier.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** What matchers ask about a request; each fact is found when it is first asked for. */
export class Facts {
  readonly request: ApiRequest;
  readonly #headers: Headers;
  readonly #countTokens: (request: ApiRequest) => number;
  #prompt: string | undefined;
  #tokens: number | undefined;

  /** Names of headers are lower-case. */
  constructor(request: ApiRequest, headers: Headers, countTokens: (request: ApiRequest) => number) {
    this.request = request;
    this.#headers = headers;
    this.#countTokens = countTokens;
  }

  get model(): string | undefined {
    return modelOf(this.request);
  }

  get stream(): boolean {
    return fieldsOf(this.request)['stream'] === true;
  }

  /** The answer, if all goes well, is a stream of events. */
  get streamed(): boolean {
    return isStreamed(this.request);
  }

  /** What the stream of the answer has that others have not; nothing where there is no stream. */
  get features(): readonly StreamFeature[] {
    return this.streamed ? (this.request.endpoint?.stream?.features ?? []) : [];
  }

  /** What the answer travels in. */
  get carrier(): Carrier {
    return this.request.carrier ?? 'response';
  }

  /** The scope of counters per key. Not the key itself: nothing keeps keys. */
  get keyScope(): string {
    return `key ${draw('scope', this.request.key ?? '')}`;
  }

  /** The scope of counters per model. */
  get modelScope(): string {
    return `model ${(this.model ?? '').slice(0, 128)}`;
  }

  get user(): string | undefined {
    const { user } = fieldsOf(this.request);
    return typeof user === 'string' ? user : undefined;
  }

  get hasTools(): boolean {
    const fields = fieldsOf(this.request);
    return asList(fields['tools']).length > 0 || asList(fields['functions']).length > 0;
  }

  /** The last message is the result of a tool call. */
  get answersTool(): boolean {
    return promptOf(this.request).answersTool?.(fieldsOf(this.request)) ?? false;
  }

  /** Text of the last user message. */
  get prompt(): string {
    this.#prompt ??= lastUserText(this.request);
    return this.#prompt;
  }

  /** Tokens of the prompt, as `usage.prompt_tokens` counts them. */
  get tokens(): number {
    this.#tokens ??= this.#countTokens(this.request);
    return this.#tokens;
  }

  header(name: string): string | undefined {
    return this.#headers[name];
  }
}
