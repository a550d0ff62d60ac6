import { below, type Random } from '../random.ts';
import type { ReplySpec, ToolCallSpec } from './answer-settings.ts';
import type { ChatWishes } from './chat-request.ts';
import type { ReplyContext } from './context.ts';
import { toolCallId } from './id.ts';
import { prose } from './prose.ts';
import { sampleJson } from './sample-json.ts';
import { firstCharacters, firstTokens, type TokenText } from './token-text.ts';
import { inTokens, lastUserText } from './tokens.ts';

/** A function call of the model. */
export interface ToolCall {
  readonly id: string;
  readonly name: TokenText;
  /** JSON text. */
  readonly arguments: TokenText;
}

/** What the message of one choice says. */
export type Said =
  | { readonly kind: 'content'; readonly text: TokenText }
  | { readonly kind: 'refusal'; readonly text: TokenText }
  | { readonly kind: 'tool_calls'; readonly calls: readonly ToolCall[] };

export interface ChatChoice {
  readonly index: number;
  readonly said: Said;
  readonly finishReason: string;
}

/**
 * One choice of an answer: what the scenario wants said, else what the request asks for, else prose; cut where the
 * request has it stop, or where it has as many tokens as it may.
 */
export function chatChoice(index: number, wishes: ChatWishes, context: ReplyContext): ChatChoice {
  const { reply } = context.settings;
  const speaker = new Speaker(context, index);
  const said = speaker.fromScenario(reply) ?? speaker.fromRequest(wishes);
  const stopped = said.kind === 'content' ? { ...said, text: untilStop(said.text, wishes.stop) } : said;
  const cut = withinLimit(stopped, wishes.maxTokens);
  const finishReason = reply.finishReason ?? (tokensOf(cut) < tokensOf(stopped) ? 'length' : naturalEnd(said, wishes, reply));
  return { index, said: cut, finishReason };
}

/** Tokens of the message, as `usage.completion_tokens` counts them: of a function call, its name and its arguments. */
export function tokensOf(said: Said): number {
  if (said.kind !== 'tool_calls') return said.text.tokens;
  return said.calls.reduce((total, call) => total + call.name.tokens + call.arguments.tokens, 0);
}

class Speaker {
  readonly #context: ReplyContext;
  readonly #index: number;
  readonly #random: Random;

  constructor(context: ReplyContext, index: number) {
    this.#context = context;
    this.#index = index;
    this.#random = context.textRandom('choice', index);
  }

  fromScenario({ content, echo, tokens, json, refusal, toolCalls }: ReplySpec): Said | undefined {
    if (toolCalls !== undefined) return this.#calling(toolCalls);
    if (refusal !== undefined) return { kind: 'refusal', text: this.#text(refusal) };
    if (content !== undefined) return this.#content(content);
    if (echo === true) return this.#content(lastUserText(this.#context.request));
    if (json !== undefined) return this.#content(JSON.stringify(json));
    return tokens === undefined ? undefined : { kind: 'content', text: this.#prose(tokens) };
  }

  fromRequest({ mustCall, format }: ChatWishes): Said {
    if (mustCall !== undefined) {
      const tool = mustCall.tools[below(this.#random, mustCall.tools.length)];
      if (tool !== undefined)
        return this.#calling([
          {
            name: tool.name,
            arguments: this.#json(tool.parameters ?? NO_ARGUMENTS),
          },
        ]);
    }
    if (format.type === 'json_schema') return this.#content(this.#json(format.schema));
    if (format.type === 'json_object') return this.#content(JSON.stringify({ answer: this.#prose().text }));
    return { kind: 'content', text: this.#prose() };
  }

  #calling(specs: readonly ToolCallSpec[]): Said {
    const random = this.#context.random('tool calls', this.#index);
    const calls = specs.map(({ name, arguments: given }) => ({
      id: toolCallId(random),
      name: this.#text(name),
      arguments: this.#text(typeof given === 'string' ? given : (JSON.stringify(given) ?? '{}')),
    }));
    return { kind: 'tool_calls', calls };
  }

  #content(text: string): Said {
    return { kind: 'content', text: this.#text(text) };
  }

  #text(text: string): TokenText {
    return inTokens(text, this.#context.settings.tokens, this.#context.libraries);
  }

  #prose(tokens?: number): TokenText {
    const { settings, libraries } = this.#context;
    return prose({ random: this.#random, mode: settings.tokens, libraries }, tokens);
  }

  #json(schema: unknown): string {
    return sampleJson(schema, this.#random, this.#context.libraries);
  }
}

const NO_ARGUMENTS = { type: 'object', properties: {} };

/** A named function is called with the finish reason `stop`, one of the model's choice with `tool_calls`. */
function naturalEnd({ kind }: Said, { mustCall }: ChatWishes, { toolCalls }: ReplySpec): string {
  if (kind !== 'tool_calls') return 'stop';
  return toolCalls === undefined && mustCall?.named === true ? 'stop' : 'tool_calls';
}

/** The text before the first of the stop sequences. */
function untilStop(text: TokenText, stop: readonly string[]): TokenText {
  if (stop.length === 0) return text;
  const whole = text.text;
  const ends = stop.map((sequence) => whole.indexOf(sequence)).filter((at) => at >= 0);
  return ends.length === 0 ? text : firstCharacters(text, Math.min(...ends));
}

function withinLimit(said: Said, limit: number): Said {
  if (tokensOf(said) <= limit) return said;
  if (said.kind !== 'tool_calls') return { ...said, text: firstTokens(said.text, limit) };
  const calls: ToolCall[] = [];
  let left = limit;
  for (const call of said.calls) {
    left -= call.name.tokens;
    if (left < 0 && calls.length > 0) break;
    const kept = firstTokens(call.arguments, Math.max(0, left));
    calls.push({ ...call, arguments: kept });
    left -= kept.tokens;
  }
  return { kind: 'tool_calls', calls };
}
