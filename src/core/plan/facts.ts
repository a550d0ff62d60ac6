import { lastUserText } from '../openai/content/tokens.ts';
import type { DialectName } from '../openai/dialects/dialect-name.ts';
import { valuesAt } from '../openai/request/json-pointer.ts';
import { promptOf } from '../openai/request/prompt.ts';
import { type ApiRequest, asList, asRecord, fieldsOf, isStreamed, modelOf } from '../openai/request/request.ts';
import { type Conversation, conversationIn } from '../openai/request/said.ts';
import type { AnswerFeature } from '../openai/wire/answer-feature.ts';
import { draw } from '../random.ts';
import type { Carrier } from '../wire/carrier.ts';
import type { Protocol } from '../wire/protocol.ts';

type Headers = Readonly<Record<string, string | undefined>>;

const JSON_ALONE: readonly AnswerFeature[] = ['JSON'];
const NONE: readonly AnswerFeature[] = [];

/** What matchers ask about a request; each fact is found when it is first asked for. */
export class Facts {
  readonly request: ApiRequest;
  readonly #headers: Headers;
  readonly #countTokens: (request: ApiRequest) => number;
  #prompt: string | undefined;
  #tokens: number | undefined;
  /** Null until it is asked for. */
  #found: Conversation | undefined | null = null;
  #atPlaces: Map<string, readonly unknown[]> | undefined;

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

  /** What the answer has that others have not. */
  get features(): readonly AnswerFeature[] {
    const { endpoint } = this.request;
    const ofForm = this.streamed ? this.#streamFeatures : this.#wholeFeatures;
    if (endpoint?.answer === undefined) return ofForm;
    const calls = endpoint.answer.withDamagedCalls !== undefined && this.#mayCall;
    return [...ofForm, 'generated answer', ...(calls ? (['tool call'] as const) : [])];
  }

  get #wholeFeatures(): readonly AnswerFeature[] {
    const { answersJson = true } = this.request.endpoint ?? {};
    const isJson = typeof answersJson === 'function' ? answersJson(this.request) : answersJson;
    return isJson ? JSON_ALONE : NONE;
  }

  get #streamFeatures(): readonly AnswerFeature[] {
    const stream = this.request.endpoint?.stream;
    if (stream === undefined) return [];
    return stream.usageEvent(fieldsOf(this.request)) === undefined ? stream.features : [...stream.features, 'usage event'];
  }

  /** The model may call a function. It calls none once it has the result of a call. */
  get #mayCall(): boolean {
    const { tools, tool_choice: choice } = fieldsOf(this.request);
    const offers = asList(tools).some((tool) => asRecord(tool)?.['type'] === 'function');
    return offers && choice !== 'none' && !this.answersTool;
  }

  /** What the answer travels in. */
  get carrier(): Carrier {
    return this.request.carrier ?? 'response';
  }

  /** What it came by. */
  get protocol(): Protocol {
    return this.request.protocol ?? 'http/1.1';
  }

  get dialect(): DialectName {
    return this.request.dialect.name;
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

  /** The texts of the system; undefined where the endpoint has no conversation. */
  get system(): string | undefined {
    return this.#conversation?.system;
  }

  /** Who spoke last; undefined where nobody did. */
  get lastRole(): string | undefined {
    return this.#conversation?.lastRole;
  }

  /** Which answer of the conversation is asked for; undefined where the endpoint has no conversation. */
  get turn(): number | undefined {
    return this.#conversation?.turn;
  }

  /** The results of tools that the request ends with. */
  get toolResults(): readonly string[] {
    return this.#conversation?.toolResults ?? [];
  }

  /** What was said so far; undefined where the endpoint has no conversation. */
  get conversation(): Conversation | undefined {
    return this.#conversation;
  }

  /** The name of what the request goes on from of what the session keeps: a response or a conversation. Undefined where it brings all itself. */
  get follows(): string | undefined {
    const reference = this.request.endpoint?.refersTo?.(this.request);
    return reference?.about === 'turn' ? (reference.previous ?? reference.conversation) : undefined;
  }

  /** A model is to say something, so that a reply of the scenario may speak of it. */
  get needsReply(): boolean {
    const { endpoint, turn } = this.request;
    return endpoint?.answer !== undefined && turn?.generates !== false;
  }

  /** The values at a place of the body. */
  inBody(pointer: string, segments: readonly string[]): readonly unknown[] {
    this.#atPlaces ??= new Map();
    let values = this.#atPlaces.get(pointer);
    if (values === undefined) this.#atPlaces.set(pointer, (values = valuesAt(this.request.body, segments)));
    return values;
  }

  get #conversation(): Conversation | undefined {
    if (this.#found === null) this.#found = conversationIn(promptOf(this.request).thread?.(fieldsOf(this.request)));
    return this.#found;
  }

  header(name: string): string | undefined {
    return this.#headers[name];
  }
}
