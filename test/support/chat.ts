import { healthyReply } from '../../src/core/openai/endpoints/healthy-reply.ts';
import type { AnswerSettings, ReplySpec } from '../../src/core/openai/request/answer-settings.ts';
import { libraries } from '../../src/libraries.ts';
import { type Collected, collect } from './effects.ts';
import { apiRequest, plainSettings, replyContext } from './reply-context.ts';

export interface ChatMessage {
  readonly role: string;
  readonly content: string | null;
  readonly refusal: string | null;
  readonly tool_calls?: readonly {
    id: string;
    type: string;
    function: { name: string; arguments: string };
  }[];
}

interface ChatUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

export interface ChatBody {
  readonly id: string;
  readonly model: string;
  readonly choices: readonly {
    index: number;
    message: ChatMessage;
    finish_reason: string;
  }[];
  readonly usage: ChatUsage;
  readonly system_fingerprint: string | null;
}

export interface ChatChunk {
  readonly id: string;
  readonly choices: readonly {
    index: number;
    delta: {
      role?: string;
      content?: string | null;
      refusal?: string | null;
      tool_calls?: ToolCallDelta[];
    };
    finish_reason: string | null;
  }[];
  readonly usage?: ChatUsage | null;
  readonly obfuscation?: string;
}

interface ToolCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly type?: string;
  readonly function: { readonly name?: string; readonly arguments: string };
}

/** The fields of a chat request; model and messages have defaults. */
export type ChatFields = Readonly<Record<string, unknown>>;

const MESSAGES = [{ role: 'user', content: 'How is the weather?' }];

/** The healthy reply to a chat request under the reply and settings given. A stream draws the text of its completion. */
export function chat(fields: ChatFields = {}, reply: ReplySpec = {}, settings: Partial<AnswerSettings> = {}): Collected {
  const fingerprint = JSON.stringify({
    ...fields,
    stream: undefined,
    stream_options: undefined,
  });
  const request = {
    ...apiRequest({ body: { model: 'gpt-4o', messages: MESSAGES, ...fields } }),
    fingerprint,
  };
  return collect(
    healthyReply(
      replyContext({
        request,
        libraries,
        settings: { ...plainSettings, ...settings, reply },
      }),
    ),
  );
}

/** The body of a reply that was not streamed. */
export function bodyOf({ text }: Collected): ChatBody {
  return JSON.parse(text) as ChatBody;
}

/** The message of the first choice. */
export function messageOf(reply: Collected): ChatMessage {
  const [choice] = bodyOf(reply).choices;
  if (choice === undefined) throw new Error('the answer has no choice');
  return choice.message;
}

/** The JSON text of each event of a stream, without `[DONE]`. */
export function eventsOf({ text }: Collected): string[] {
  const events = text.split('\n\n');
  if (events.at(-2) !== 'data: [DONE]' || events.at(-1) !== '') throw new Error('the stream does not end with [DONE]');
  return events.slice(0, -2).map((event) => event.replace(/^data: /, ''));
}

export function chunksOf(reply: Collected): ChatChunk[] {
  return eventsOf(reply).map((event) => JSON.parse(event) as ChatChunk);
}

/** The messages that a client puts together from a stream, by choice. */
export function assembled(reply: Collected): { message: ChatMessage; finish_reason: string | null }[] {
  const choices: { message: Assembling; finish_reason: string | null }[] = [];
  for (const { index, delta, finish_reason } of chunksOf(reply).flatMap((chunk) => chunk.choices)) {
    const choice = (choices[index] ??= {
      message: { role: '', content: null, refusal: null },
      finish_reason: null,
    });
    choice.finish_reason ??= finish_reason;
    append(choice.message, delta);
  }
  return choices;
}

interface Assembling {
  role: string;
  content: string | null;
  refusal: string | null;
  tool_calls?: {
    id: string;
    type: string;
    function: { name: string; arguments: string };
  }[];
}

function append(message: Assembling, delta: ChatChunk['choices'][number]['delta']): void {
  message.role += delta.role ?? '';
  if (typeof delta.content === 'string') message.content = (message.content ?? '') + delta.content;
  if (typeof delta.refusal === 'string') message.refusal = (message.refusal ?? '') + delta.refusal;
  for (const call of delta.tool_calls ?? []) {
    message.tool_calls ??= [];
    const known = message.tool_calls[call.index];
    if (known === undefined) {
      message.tool_calls[call.index] = {
        id: call.id ?? '',
        type: call.type ?? '',
        function: { name: call.function.name ?? '', arguments: '' },
      };
    } else known.function.arguments += call.function.arguments;
  }
}
