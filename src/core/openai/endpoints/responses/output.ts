import { below, type Random } from '../../../random.ts';
import { atLeast } from '../../content/at-least.ts';
import { logprobsFrom } from '../../content/logprobs.ts';
import { prose } from '../../content/prose.ts';
import { reasoningTokens } from '../../content/reasoning.ts';
import { sampleJson } from '../../content/sample-json.ts';
import { scriptedText } from '../../content/scripted-text.ts';
import { firstTokens, type TokenText } from '../../content/token-text.ts';
import { inTokens } from '../../content/tokens.ts';
import type { ModelInfo } from '../../models/models.ts';
import type { ToolCallSpec } from '../../request/answer-settings.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { hostedItems } from './hosted-items.ts';
import type { UrlCitation } from './item-shapes.ts';
import { MessageItem } from './items/message.ts';
import { ReasoningItem } from './items/reasoning.ts';
import { ToolCallItem } from './items/tool-call.ts';
import type { OutputItem } from './output-item.ts';
import { modelDefaults } from './response-model.ts';
import type { ResponseAnswer } from './response-object.ts';
import type { OfferedTool, ResponseWishes } from './response-wishes.ts';

/** The items of an output, what was thought for them, and why they end early if they do. */
export interface Output extends Pick<ResponseAnswer, 'items' | 'incompleteReason'> {
  /** Tokens of all thoughts. */
  readonly reasoning: number;
}

/**
 * What a response says: what the scenario wants said, else what the request asks for, else prose; cut where it has as many
 * tokens as it may. Thinking comes first, then OpenAI's own tools. What eats the whole budget leaves no message.
 */
export function outputOf(wishes: ResponseWishes, model: ModelInfo, context: ReplyContext): Output {
  const { reply } = context.settings;
  const speaker = new Speaker(wishes, model, context);
  const reasoning = Math.min(speaker.thoughtTokens(), wishes.maxTokens);
  const thoughts = reasoning === 0 ? [] : [speaker.thoughts(reasoning)];
  const left = wishes.maxTokens - reasoning;
  if (left === 0) return { items: thoughts, reasoning, incompleteReason: 'max_output_tokens' };
  const said = speaker.said();
  const cut = tokensOf(said) > left;
  const incompleteReason =
    reply.finishReason === undefined ? (cut ? 'max_output_tokens' : undefined) : REASONS[reply.finishReason];
  const hosted = said.kind === 'text' ? hostedItems(wishes, context) : [];
  const last = speaker.items(said, { left, isComplete: incompleteReason === undefined, searched: hosted.some(isSearch) });
  return { items: [...thoughts, ...hosted, ...last], reasoning, incompleteReason };
}

/** Which of the reasons that a scenario gives leave a response incomplete. */
const REASONS = {
  stop: undefined,
  tool_calls: undefined,
  function_call: undefined,
  length: 'max_output_tokens',
  content_filter: 'content_filter',
} as const;

function isSearch({ prefix }: OutputItem): boolean {
  return prefix === 'ws';
}

/** A call that is to be made. */
interface Call {
  readonly tool: OfferedTool | undefined;
  readonly name: TokenText;
  readonly input: TokenText;
}

type Said =
  | { readonly kind: 'text' | 'refusal'; readonly text: TokenText }
  | { readonly kind: 'calls'; readonly calls: readonly Call[] };

function tokensOf(said: Said): number {
  if (said.kind !== 'calls') return said.text.tokens;
  return said.calls.reduce((total, { name, input }) => total + name.tokens + input.tokens, 0);
}

interface Bounds {
  /** Tokens that may still be written. */
  readonly left: number;
  readonly isComplete: boolean;
  /** The web was searched before. */
  readonly searched: boolean;
}

class Speaker {
  readonly #wishes: ResponseWishes;
  readonly #model: ModelInfo;
  readonly #context: ReplyContext;
  readonly #random: Random;

  constructor(wishes: ResponseWishes, model: ModelInfo, context: ReplyContext) {
    this.#wishes = wishes;
    this.#model = model;
    this.#context = context;
    this.#random = context.textRandom('choice', 0);
  }

  thoughtTokens(): number {
    const { reasons, effort } = this.#wishes;
    if (!reasons) return 0;
    return this.#context.settings.reply.reasoningTokens ?? reasoningTokens(effort, this.#context.textRandom('reasoning', 0));
  }

  thoughts(tokens: number): ReasoningItem {
    const { summarizes, encrypts } = this.#wishes;
    return new ReasoningItem({ tokens, summary: summarizes ? [this.#summary()] : [], sealed: encrypts });
  }

  /** What is said, whole. */
  said(): Said {
    const { toolCalls, refusal } = this.#context.settings.reply;
    const { leastCalls = 0 } = this.#context;
    if (toolCalls !== undefined) return { kind: 'calls', calls: atLeast(leastCalls, toolCalls).map((spec) => this.#call(spec)) };
    if (leastCalls > 0) return this.#asked();
    if (refusal !== undefined) return { kind: 'refusal', text: this.#text(refusal) };
    const text = scriptedText(this.#context, this.#random);
    return text === undefined ? this.#asked() : { kind: 'text', text };
  }

  items(said: Said, { left, isComplete, searched }: Bounds): readonly OutputItem[] {
    if (said.kind === 'calls') return this.#callItems(said.calls, left, isComplete);
    const text = firstTokens(said.text, left);
    const { topLogprobs: top } = this.#wishes;
    const message = new MessageItem({
      kind: said.kind === 'text' ? 'output_text' : 'refusal',
      text,
      status: isComplete ? 'completed' : 'incomplete',
      phase: modelDefaults(this.#model).phases ? 'final_answer' : undefined,
      annotations: searched && said.kind === 'text' ? citationsOf(text) : [],
      logprobs: top === undefined ? undefined : () => logprobsFrom(top, this.#context.textRandom('logprobs', 0)),
    });
    return [message];
  }

  /** What the request asks for: a call, a text that fits a schema, or prose. */
  #asked(): Said {
    const { mustCall, tools, format } = this.#wishes;
    const { leastCalls = 0 } = this.#context;
    const callable = mustCall.length === 0 && leastCalls > 0 ? tools.filter(({ type }) => type === 'function') : mustCall;
    const tool = callable[below(this.#random, callable.length)];
    if (tool?.name !== undefined) return { kind: 'calls', calls: atLeast(leastCalls, [this.#callOf(tool, tool.name)]) };
    if (format.type === 'json_schema') return { kind: 'text', text: this.#text(this.#json(format.schema)) };
    if (format.type === 'json_object') {
      return { kind: 'text', text: this.#text(JSON.stringify({ answer: this.#prose('choice').text })) };
    }
    return { kind: 'text', text: this.#prose('choice') };
  }

  #callOf(tool: OfferedTool, name: string): Call {
    const input = tool.type === 'custom' ? this.#prose('choice') : this.#text(this.#json(tool.parameters ?? NO_ARGUMENTS));
    return { tool, name: this.#text(name), input };
  }

  #call({ name, arguments: given }: ToolCallSpec): Call {
    const tool = this.#wishes.tools.find((offered) => offered.name === name);
    const input = typeof given === 'string' ? given : (JSON.stringify(given) ?? '{}');
    return { tool, name: this.#text(name), input: this.#text(input) };
  }

  /** At least one call, at least its name. Of an output that ends early the last one is incomplete. */
  #callItems(calls: readonly Call[], limit: number, isComplete: boolean): readonly OutputItem[] {
    const kept: Call[] = [];
    let left = limit;
    for (const call of calls) {
      left -= call.name.tokens;
      if (left < 0 && kept.length > 0) break;
      const input = firstTokens(call.input, Math.max(0, left));
      kept.push({ ...call, input });
      left -= input.tokens;
    }
    return kept.map(({ tool, name, input }, index) => {
      const status = isComplete || index < kept.length - 1 ? 'completed' : 'incomplete';
      if (tool?.type === 'custom') return new ToolCallItem('custom', { name, input, status });
      return new ToolCallItem('function', { name, input, status, namespace: tool?.namespace });
    });
  }

  #summary(): TokenText {
    const { reasoningSummary } = this.#context.settings.reply;
    return reasoningSummary === undefined ? this.#prose('summary') : this.#text(reasoningSummary);
  }

  #text(text: string): TokenText {
    return inTokens(text, this.#context.settings.tokens, this.#context.libraries);
  }

  #prose(label: 'choice' | 'summary'): TokenText {
    const { settings, libraries } = this.#context;
    const random = label === 'choice' ? this.#random : this.#context.textRandom(label, 0);
    return prose({ random, mode: settings.tokens, libraries });
  }

  #json(schema: unknown): string {
    return sampleJson(schema, this.#random, this.#context);
  }
}

const NO_ARGUMENTS = { type: 'object', properties: {} };

/** One page that supports the whole text. */
function citationsOf(text: TokenText): readonly UrlCitation[] {
  const { length } = [...text.text];
  if (length === 0) return [];
  const url = 'https://example.com/?utm_source=openai';
  return [{ type: 'url_citation', end_index: length, start_index: 0, title: 'Example Domain', url }];
}
