import { below, type Random } from '../../../random.ts';
import { atLeast } from '../../content/at-least.ts';
import { prose } from '../../content/prose.ts';
import { reasoningTokens } from '../../content/reasoning.ts';
import { canBeSampled, sampleJson } from '../../content/sample-json.ts';
import { scriptedText } from '../../content/scripted-text.ts';
import { firstTokens, type TokenText, tokenText, untilStop } from '../../content/token-text.ts';
import { inTokens } from '../../content/tokens.ts';
import type { FinishReason, ReplySpec, ToolCallSpec } from '../../request/answer-settings.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { toolCallId } from '../../wire/id.ts';
import type { ChatOptions } from './chat-options.ts';

/** A function call of the model. */
export interface ToolCall {
  readonly id: string;
  readonly name: TokenText;
  /** JSON text. */
  readonly arguments: TokenText;
}

/** What the message of one choice says. */
export type MessageContent =
  | { readonly kind: 'content'; readonly text: TokenText }
  | { readonly kind: 'refusal'; readonly text: TokenText }
  | { readonly kind: 'tool_calls'; readonly calls: readonly ToolCall[] }
  | { readonly kind: 'function_call'; readonly call: ToolCall };

export interface ChatChoice {
  readonly index: number;
  readonly said: MessageContent;
  /** What was thought before, in tokens. */
  readonly reasoning: number;
  readonly finishReason: FinishReason;
}

const NOTHING: MessageContent = { kind: 'content', text: tokenText([]) };

/**
 * One choice of an answer: what the scenario wants said, else what the request asks for, else prose; cut where the
 * request has it stop, or where it has as many tokens as it may. Thinking comes first: what eats the whole budget leaves
 * an empty text (wire.md 3.2).
 */
export function chatChoice(index: number, wishes: ChatOptions, context: ReplyContext): ChatChoice {
  const { reply } = context.settings;
  const reasoning = Math.min(wishes.reasons ? thoughtOf(index, wishes, context) : 0, wishes.maxTokens);
  const left = wishes.maxTokens - reasoning;
  if (left === 0) return { index, said: NOTHING, reasoning, finishReason: reply.finishReason ?? 'length' };
  const speaker = new Speaker(context, index);
  const said = speaker.fromScenario(reply, wishes) ?? speaker.fromRequest(wishes);
  const stopped = said.kind === 'content' ? stoppedAt(said, wishes.stop) : said;
  const cut = withinLimit(stopped, left);
  const finishReason = reply.finishReason ?? (tokensOf(cut) < tokensOf(stopped) ? 'length' : naturalEnd(said, wishes, reply));
  return { index, said: cut, reasoning, finishReason };
}

function stoppedAt(said: Extract<MessageContent, { kind: 'content' }>, stop: readonly string[]): MessageContent {
  return stop.length === 0 ? said : { kind: 'content', text: untilStop(said.text, stop) };
}

function thoughtOf(index: number, { effort }: ChatOptions, context: ReplyContext): number {
  return context.settings.reply.reasoningTokens ?? reasoningTokens(effort, context.textRandom('reasoning', index));
}

/** Tokens of the message, as `usage.completion_tokens` counts them: of a function call, its name and its arguments. */
export function tokensOf(said: MessageContent): number {
  switch (said.kind) {
    case 'tool_calls':
      return said.calls.reduce((total, call) => total + tokensOfCall(call), 0);
    case 'function_call':
      return tokensOfCall(said.call);
    default:
      return said.text.tokens;
  }
}

function tokensOfCall(call: ToolCall): number {
  return call.name.tokens + call.arguments.tokens;
}

class Speaker {
  readonly #context: ReplyContext;
  readonly #index: number;
  readonly #random: Random;
  readonly #leastCalls: number;

  constructor(context: ReplyContext, index: number) {
    this.#context = context;
    this.#index = index;
    this.#random = context.textRandom('choice', index);
    this.#leastCalls = context.leastCalls ?? 0;
  }

  fromScenario(reply: ReplySpec, { legacyFunctions }: ChatOptions): MessageContent | undefined {
    const { toolCalls, refusal } = reply;
    if (toolCalls !== undefined) return this.#calling(atLeast(this.#leastCalls, toolCalls), legacyFunctions);
    if (this.#leastCalls > 0) return undefined;
    if (refusal !== undefined) return { kind: 'refusal', text: this.#text(refusal) };
    const text = scriptedText(this.#context, this.#random);
    return text && { kind: 'content', text };
  }

  fromRequest({ mustCall, legacyFunctions, format }: ChatOptions): MessageContent {
    if (mustCall !== undefined) {
      const chosen = mustCall.tools[below(this.#random, mustCall.tools.length)];
      const isFree = ({ parameters }: { readonly parameters: unknown }) =>
        canBeSampled(parameters ?? NO_ARGUMENTS, this.#context);
      const tool = chosen === undefined || isFree(chosen) ? chosen : (mustCall.tools.find(isFree) ?? chosen);
      if (tool !== undefined) {
        const spec = { name: tool.name, arguments: this.#json(tool.parameters ?? NO_ARGUMENTS) };
        return this.#calling(atLeast(this.#leastCalls, [spec]), legacyFunctions);
      }
    }
    if (format.type === 'json_schema') return this.#content(this.#json(format.schema));
    if (format.type === 'json_object') return this.#content(JSON.stringify({ answer: this.#prose().text }));
    return { kind: 'content', text: this.#prose() };
  }

  /** Of several calls a legacy request gets the first. */
  #calling(specs: readonly ToolCallSpec[], legacy: boolean): MessageContent {
    const random = this.#context.random('tool calls', this.#index);
    const calls = specs.map(({ name, arguments: given }) => ({
      id: toolCallId(random),
      name: this.#text(name),
      arguments: this.#text(typeof given === 'string' ? given : (JSON.stringify(given) ?? '{}')),
    }));
    const [call] = calls;
    return legacy && call !== undefined ? { kind: 'function_call', call } : { kind: 'tool_calls', calls };
  }

  #content(text: string): MessageContent {
    return { kind: 'content', text: this.#text(text) };
  }

  #text(text: string): TokenText {
    return inTokens(text, this.#context.settings.tokens, this.#context.libraries);
  }

  #prose(): TokenText {
    const { settings, libraries } = this.#context;
    return prose({ random: this.#random, mode: settings.tokens, libraries });
  }

  #json(schema: unknown): string {
    return sampleJson(schema, this.#random, this.#context);
  }
}

const NO_ARGUMENTS = { type: 'object', properties: {} };

/** A named function is called with the finish reason `stop`, one of the model's choice with that of its kind. */
function naturalEnd({ kind }: MessageContent, { mustCall }: ChatOptions, { toolCalls }: ReplySpec): FinishReason {
  if (kind !== 'tool_calls' && kind !== 'function_call') return 'stop';
  return toolCalls === undefined && mustCall?.named === true ? 'stop' : kind;
}

function withinLimit(said: MessageContent, limit: number): MessageContent {
  if (tokensOf(said) <= limit) return said;
  if (said.kind === 'function_call') return { ...said, call: firstCalls([said.call], limit)[0] ?? said.call };
  if (said.kind === 'tool_calls') return { ...said, calls: firstCalls(said.calls, limit) };
  return { ...said, text: firstTokens(said.text, limit) };
}

/** At least one call, at least its name. */
function firstCalls(all: readonly ToolCall[], limit: number): readonly ToolCall[] {
  const calls: ToolCall[] = [];
  let left = limit;
  for (const call of all) {
    left -= call.name.tokens;
    if (left < 0 && calls.length > 0) break;
    const kept = firstTokens(call.arguments, Math.max(0, left));
    calls.push({ ...call, arguments: kept });
    left -= kept.tokens;
  }
  return calls;
}
