import type { Effect } from '../../../../wire/effect.ts';
import type { TokenText } from '../../../content/token-text.ts';
import type { FileSearchObject, ImageObject, InterpreterObject, WebSearchObject } from '../item-shapes.ts';
import type { ItemIds, ItemStream, OutputItem } from '../output-item.ts';

/** A search of the web: it finds nothing but what it was asked. */
export class WebSearchItem implements OutputItem {
  readonly prefix = 'ws';
  readonly tokens = 0;
  readonly status = 'completed';
  readonly #query: string;

  constructor(query: string) {
    this.#query = query;
  }

  whole({ id }: ItemIds): WebSearchObject {
    const query = this.#query;
    return { id, type: 'web_search_call', status: 'completed', action: { type: 'search', queries: [query], query } };
  }

  announced({ id }: ItemIds): WebSearchObject {
    return { id, type: 'web_search_call', status: 'in_progress' };
  }

  *events({ writer, place }: ItemStream): Iterable<Effect> {
    for (const step of ['in_progress', 'searching', 'completed'] as const) {
      yield writer.event('progress', `response.web_search_call.${step}`, place);
    }
  }
}

/** A search of the caller's files: the mock has none, and finds none. */
export class FileSearchItem implements OutputItem {
  readonly prefix = 'fs';
  readonly tokens = 0;
  readonly status = 'completed';
  readonly #query: string;
  /** The request wants to see what was found. */
  readonly #shown: boolean;

  constructor(query: string, shown: boolean) {
    this.#query = query;
    this.#shown = shown;
  }

  whole({ id }: ItemIds): FileSearchObject {
    const results = this.#shown ? [] : null;
    return { id, type: 'file_search_call', status: 'completed', queries: [this.#query], results };
  }

  announced({ id }: ItemIds): FileSearchObject {
    return { id, type: 'file_search_call', status: 'in_progress', queries: [], results: null };
  }

  *events({ writer, place }: ItemStream): Iterable<Effect> {
    for (const step of ['in_progress', 'searching', 'completed'] as const) {
      yield writer.event('progress', `response.file_search_call.${step}`, place);
    }
  }
}

/** Code that the service runs. Nothing is run: what it prints is known before. */
export class InterpreterItem implements OutputItem {
  readonly prefix = 'ci';
  readonly tokens: number;
  readonly status = 'completed';
  readonly #code: TokenText;
  readonly #container: string;
  /** What the code prints; undefined where the request does not want to see it. */
  readonly #logs: string | undefined;

  constructor(code: TokenText, container: string, logs: string | undefined) {
    this.tokens = code.tokens;
    this.#code = code;
    this.#container = container;
    this.#logs = logs;
  }

  whole(ids: ItemIds): InterpreterObject {
    const outputs = this.#logs === undefined ? null : [{ type: 'logs' as const, logs: this.#logs }];
    return { ...this.announced(ids), status: 'completed', code: this.#code.text, outputs };
  }

  announced({ id }: ItemIds): InterpreterObject {
    const container = this.#container;
    return { id, type: 'code_interpreter_call', status: 'in_progress', code: '', container_id: container, outputs: null };
  }

  *events({ writer, place, deltas }: ItemStream): Iterable<Effect> {
    const code = this.#code;
    yield writer.event('progress', 'response.code_interpreter_call.in_progress', place);
    const shape = { type: 'response.code_interpreter_call_code.delta', kind: 'progress' } as const;
    yield* deltas(writer.deltas(place, shape), code);
    yield writer.event('progress', 'response.code_interpreter_call_code.done', { code: code.text, ...place });
    yield writer.event('progress', 'response.code_interpreter_call.interpreting', place);
    yield writer.event('progress', 'response.code_interpreter_call.completed', place);
  }
}

/** A transparent PNG of one pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=';

/** What can be asked of an image, beside `auto` (the types of openai 7.59). */
const BACKGROUNDS: readonly ImageObject['background'][] = ['opaque', 'transparent'];
const FORMATS: readonly ImageObject['output_format'][] = ['png', 'webp', 'jpeg', 'gif', 'svg'];
const QUALITIES: readonly ImageObject['quality'][] = ['low', 'medium', 'high', 'xhigh', 'max'];

/** An image that was asked for: whatever that is, one pixel of it. */
export class ImageItem implements OutputItem {
  readonly prefix = 'ig';
  readonly tokens = 0;
  readonly status = 'completed';
  readonly #prompt: string;
  readonly #options: Pick<ImageObject, 'background' | 'output_format' | 'quality' | 'size'>;

  constructor(prompt: string, options: Readonly<Record<string, unknown>>) {
    const { background, output_format: format, quality, size } = options;
    this.#prompt = prompt;
    this.#options = {
      background: BACKGROUNDS.find((one) => one === background) ?? 'opaque',
      output_format: FORMATS.find((one) => one === format) ?? 'png',
      quality: QUALITIES.find((one) => one === quality) ?? 'medium',
      size: typeof size === 'string' && size !== 'auto' ? size : '1024x1024',
    };
  }

  whole(ids: ItemIds): ImageObject {
    return this.#object(ids, { status: 'completed', result: PIXEL, revised_prompt: this.#prompt });
  }

  announced(ids: ItemIds): ImageObject {
    return this.#object(ids, { status: 'in_progress', result: null, revised_prompt: null });
  }

  *events({ writer, place }: ItemStream): Iterable<Effect> {
    for (const step of ['in_progress', 'generating', 'completed'] as const) {
      yield writer.event('progress', `response.image_generation_call.${step}`, place);
    }
  }

  #object(
    { id }: ItemIds,
    { status, result, revised_prompt }: Pick<ImageObject, 'status' | 'result' | 'revised_prompt'>,
  ): ImageObject {
    const { background, output_format, quality, size } = this.#options;
    return { id, type: 'image_generation_call', status, background, output_format, quality, result, revised_prompt, size };
  }
}
