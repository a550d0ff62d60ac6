import { pick, type Random } from '../random.ts';
import type { Effect } from '../reply/effect.ts';
import type { ChatAnswer } from './chat-answer.ts';
import type { Usage } from './usage.ts';

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** What `stream_options` asks for, and what obfuscation is drawn from. */
export interface ChunkOptions {
  readonly includeUsage: boolean;
  readonly includeObfuscation: boolean;
  readonly random: Random;
}

/**
 * Writes the events of one stream (wire.md 3.3). What all chunks have in common is put into JSON once; a delta comes as
 * JSON text.
 */
export class ChunkWriter {
  readonly #prefix: string;
  readonly #prefixLength: number;
  readonly #logprobs: string;
  readonly #options: ChunkOptions;

  constructor({ id, created, model, fingerprint }: ChatAnswer, options: ChunkOptions) {
    const common = {
      id,
      object: 'chat.completion.chunk',
      created,
      model: model.snapshot,
      service_tier: 'default',
      system_fingerprint: fingerprint,
    };
    this.#prefix = `${JSON.stringify(common).slice(0, -1)},"choices":[`;
    this.#prefixLength = characters(this.#prefix);
    this.#logprobs = model.reasoning ? '' : ',"logprobs":null';
    this.#options = options;
  }

  delta(index: number, delta: string): Effect {
    return this.#chunk(this.#choice(index, delta, 'null'), null);
  }

  finish(index: number, reason: string): Effect {
    return this.#chunk(this.#choice(index, '{}', JSON.stringify(reason)), null);
  }

  usage(usage: Usage): Effect {
    return this.#chunk('', usage);
  }

  #choice(index: number, delta: string, finishReason: string): string {
    return `{"index":${index},"delta":${delta}${this.#logprobs},"finish_reason":${finishReason}}`;
  }

  #chunk(choice: string, usage: Usage | null): Effect {
    const { includeUsage, includeObfuscation, random } = this.#options;
    const end = includeUsage ? `],"usage":${JSON.stringify(usage)}` : ']';
    if (!includeObfuscation) return event(`${this.#prefix}${choice}${end}}`);
    const length = this.#prefixLength + characters(choice) + end.length + OBFUSCATION_LENGTH;
    return event(`${this.#prefix}${choice}${end},"obfuscation":"${pick(random, ALPHANUMERIC, paddingFor(length))}"}`);
  }
}

/** The last event of every stream. */
export const DONE: Effect = event('[DONE]');

const OBFUSCATION_LENGTH = ',"obfuscation":""}'.length;

/** Characters by which a JSON text has to grow to have one more than a multiple of sixteen (wire.md 3.3). */
export function paddingFor(length: number): number {
  return (((1 - length) % 16) + 16) % 16;
}

function event(data: string): Effect {
  return { type: 'write', data: `data: ${data}\n\n` };
}

/** Unicode characters: a surrogate pair is one. */
function characters(text: string): number {
  let pairs = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0xd800 && code < 0xdc00) pairs += 1;
  }
  return text.length - pairs;
}
