import type { Effect } from '../../../../wire/effect.ts';
import type { TokenLogprob } from '../../../content/logprobs.ts';
import type { TokenText } from '../../../content/token-text.ts';
import type { ContentPart, ItemStatus, MessageObject, UrlCitation } from '../item-shapes.ts';
import type { ItemIds, ItemStream, OutputItem } from '../output-item.ts';

interface Said {
  readonly kind: 'output_text' | 'refusal';
  readonly text: TokenText;
  readonly status: MessageItem['status'];
  /** Only some models say it. */
  readonly phase: MessageObject['phase'] | undefined;
  readonly annotations?: readonly UrlCitation[];
  /** Draws the log probabilities of one telling, token by token; undefined where none are asked for. */
  readonly logprobs?: (() => (token: string) => TokenLogprob) | undefined;
}

/** Tokens around each message of a model that tells phases, as in the one capture of one (wire-responses.md 11, G1). */
const FRAME_TOKENS = 4;

/** A message of the assistant, of one text or one refusal. */
export class MessageItem implements OutputItem {
  readonly prefix = 'msg';
  readonly tokens: number;
  readonly status: Exclude<ItemStatus, 'in_progress'>;
  readonly #said: Said;

  constructor(said: Said) {
    this.tokens = said.text.tokens + (said.phase === undefined ? 0 : FRAME_TOKENS);
    this.status = said.status;
    this.#said = said;
  }

  whole(ids: ItemIds): MessageObject {
    return this.#object(ids, this.status, [this.#part()]);
  }

  announced(ids: ItemIds): MessageObject {
    return this.#object(ids, 'in_progress', []);
  }

  *events(stream: ItemStream): Iterable<Effect> {
    const { kind } = this.#said;
    const { writer, place } = stream;
    const part = this.#part();
    yield writer.event('progress', 'response.content_part.added', { content_index: 0, ...place, part: emptied(part) });
    yield* kind === 'output_text' ? this.#textEvents(stream, part) : this.#refusalEvents(stream);
    yield writer.event('finish', 'response.content_part.done', { content_index: 0, ...place, part });
  }

  *#textEvents(stream: ItemStream, part: ContentPart): Iterable<Effect> {
    const { text, logprobs: drawn, annotations = [] } = this.#said;
    const { writer, place } = stream;
    const shape = { type: 'response.output_text.delta', contentIndex: 0, hasLogprobs: true, kind: 'content' } as const;
    yield* stream.deltas(writer.deltas(place, shape), text, drawn?.());
    for (const [index, annotation] of annotations.entries()) {
      const fields = { annotation, annotation_index: index, content_index: 0, ...place };
      yield writer.event('finish', 'response.output_text.annotation.added', fields);
    }
    const logprobs = part.type === 'output_text' ? part.logprobs : [];
    const { item_id, output_index } = place;
    const fields = { content_index: 0, item_id, logprobs, output_index, text: text.text };
    yield writer.event('finish', 'response.output_text.done', fields);
  }

  /** No obfuscation, no log probabilities (as in the capture of October 2025). */
  *#refusalEvents(stream: ItemStream): Iterable<Effect> {
    const { text } = this.#said;
    const { writer, place } = stream;
    const shape = { type: 'response.refusal.delta', contentIndex: 0, plain: true, kind: 'content' } as const;
    yield* stream.deltas(writer.deltas(place, shape), text);
    yield writer.event('finish', 'response.refusal.done', { content_index: 0, ...place, refusal: text.text });
  }

  #object({ id }: ItemIds, status: ItemStatus, content: ContentPart[]): MessageObject {
    const { phase } = this.#said;
    return { id, type: 'message', status, content, ...(phase && { phase }), role: 'assistant' };
  }

  #part(): ContentPart {
    const { kind, text, annotations = [], logprobs } = this.#said;
    if (kind === 'refusal') return { type: 'refusal', refusal: text.text };
    const logprobOf = logprobs?.();
    const likely = logprobOf === undefined ? [] : [...text.pieces()].filter((piece) => piece !== '').map(logprobOf);
    return { type: 'output_text', annotations: [...annotations], logprobs: likely, text: text.text };
  }
}

function emptied({ type }: ContentPart): ContentPart {
  return type === 'refusal' ? { type, refusal: '' } : { type, annotations: [], logprobs: [], text: '' };
}
