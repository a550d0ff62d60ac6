import type { Clock } from '../../clock.ts';
import { BoundedMemo } from '../../memo/bounded-memo.ts';
import type { Random } from '../../random.ts';
import type { Head, Header } from '../../wire/effect.ts';
import type { AnswerSettings } from '../request/answer-settings.ts';
import type { Identity } from '../request/identity.ts';
import type { BodyFormat, Layer } from './layer.ts';

/** What each layer of a service sends, and how it prints JSON. */
interface LayerFormat extends BodyFormat {
  /** The headers that this layer sends besides those of every answer. Lower-case. */
  readonly headers: readonly string[];
}

/** What header values are made from. */
export interface HeaderContext {
  readonly clock: Clock;
  /** `clock.now()` when the head of the request had arrived. */
  readonly receivedAt: number;
  readonly identity: Identity;
  readonly requestId: string;
  readonly settings: AnswerSettings;
  /** A random source of this call and attempt, forked by the labels. */
  random(...labels: readonly (string | number)[]): Random;
}

/** The headers of a service: which there are, in which order, and where their values come from. Names are lower-case. */
export interface HeaderSpec {
  /** Order on the wire. Headers not named here follow at the end, in the order given. */
  readonly order: readonly string[];
  /** Headers of every answer, whatever its layer. */
  readonly always: readonly string[];
  /** Values that never change: one field, or several of the same name. */
  readonly constant: Readonly<Record<string, string | readonly string[]>>;
  /** Values that an answer decides. */
  readonly perAnswer: Readonly<Record<string, (context: HeaderContext) => string>>;
  readonly layers: Readonly<Record<Layer, LayerFormat>>;
}

/** What one answer sends besides, or instead of, the headers of its layer. */
export interface HeaderSet {
  readonly layer: Layer;
  /** Headers that this answer lacks, lower-case, of any layer. */
  readonly without?: readonly string[] | undefined;
  /** Headers of other layers that this answer has. */
  readonly also?: readonly string[] | undefined;
  /** Headers with their values; they replace those of the layer. */
  readonly extra?: readonly Header[];
}

/** Where the next headers of an answer come from: fields that never change, a place among the extra ones, or the answer. */
interface Source {
  readonly fixed: readonly Header[];
  readonly extra: number | undefined;
  /** In lower case. */
  readonly name: string;
  /** The name as it is printed. */
  readonly label: string;
  readonly find: ((context: HeaderContext) => string) | undefined;
}

/** The headers of a head, and how they are printed. */
type Fields = Pick<Head, 'headers' | 'printed'>;

/** What the headers of an answer are, and in which order. */
export class HeaderLayout {
  readonly #sources: readonly Source[];
  /** What is printed before the first value that may change, and after each: it is put together once. */
  readonly #texts: readonly string[];
  readonly #length: number;
  readonly #places = new Map<string, number>();
  /** False where a source sets `connection`: what becomes of the connection is not all in the text then. */
  readonly #isPlain: boolean;

  constructor(sources: readonly Source[]) {
    this.#sources = sources;
    this.#isPlain = !sources.some(({ extra, name }) => extra !== undefined && name === 'connection');
    let length = 0;
    const texts = [''];
    for (const { fixed, extra, name, label, find } of sources) {
      const isFixed = find === undefined && extra === undefined;
      if (!this.#places.has(name)) this.#places.set(name, length);
      length += isFixed ? fixed.length : 1;
      if (isFixed) texts.push(texts.pop() + fixed.map(lineOf).join(''));
      else texts.push(`${texts.pop()}${label}: `, '\r\n');
    }
    this.#length = length;
    this.#texts = texts;
  }

  /** The headers of an answer. The extra ones have the names that the layout was made for. */
  fill(extra: readonly Header[], context: HeaderContext): Fields {
    const texts = this.#texts;
    const headers = new Array<Header>(this.#length);
    let place = 0;
    let text = texts[0] ?? '';
    let next = 1;
    for (const source of this.#sources) {
      if (source.find !== undefined) {
        const value = source.find(context);
        headers[place++] = [source.name, value];
        text += value + texts[next++];
      } else if (source.extra !== undefined) {
        const header = extra[source.extra] ?? NONE;
        headers[place++] = header;
        text += header[1] + texts[next++];
      } else for (const header of source.fixed) headers[place++] = header;
    }
    return this.#isPlain ? { headers, printed: { of: headers, text, places: this.#places } } : { headers };
  }
}

function lineOf([name, value]: Header): string {
  return `${name}: ${value}\r\n`;
}

const NONE: Header = ['', ''];

/** How a service writes the heads of its answers. Layouts are made once for each list of names. */
export class HeaderProfile {
  readonly layers: HeaderSpec['layers'];
  readonly #spec: HeaderSpec;
  readonly #rank: ReadonlyMap<string, number>;
  /** Layouts by the names that make them: few, for names come from the scenario and from here. */
  readonly #layouts = new BoundedMemo<string, HeaderLayout>(1_000);

  constructor(spec: HeaderSpec) {
    this.layers = spec.layers;
    this.#spec = spec;
    this.#rank = new Map(spec.order.map((name, index) => [name, index]));
  }

  /** The headers of an answer, in wire order. */
  headOf(set: HeaderSet, context: HeaderContext): Fields {
    return this.#layoutOf(set).fill(set.extra ?? [], context);
  }

  /** Of the extra headers the names alone matter; `fixed` ones are the same in each answer, their names lower-case. */
  createLayout(set: HeaderSet & { readonly fixed?: readonly Header[] }): HeaderLayout {
    const { layer, without = [], also = [], extra = [], fixed = [] } = set;
    const named = extra.map(
      ([label], place): Source => ({ fixed: [], extra: place, name: label.toLowerCase(), label, find: undefined }),
    );
    const constant = fixed.map((header): Source => ({ ...this.#sourceOf(header[0]), fixed: [header], find: undefined }));
    const given = [...named, ...constant];
    const names = new Set(given.map(({ name }) => name));
    const own = new Set([...this.#spec.always, ...this.layers[layer].headers, ...also]);
    const others = [...own].filter((name) => !names.has(name)).map((name) => this.#sourceOf(name));
    const sources = [...given, ...others].filter(({ name }) => !without.includes(name));
    return new HeaderLayout(sources.sort((a, b) => this.#rankOf(a.name) - this.#rankOf(b.name)));
  }

  #layoutOf(set: HeaderSet): HeaderLayout {
    const { layer, without = [], also = [], extra = [] } = set;
    let key = `${layer} ${without.join()} ${also.join()}`;
    for (const [name] of extra) key += ` ${name}`;
    return this.#layouts.get(key, () => this.createLayout({ layer, without, also, extra }));
  }

  #sourceOf(name: string): Source {
    const fixed = [this.#spec.constant[name] ?? []].flat().map((value) => [name, value] as const);
    return { fixed, extra: undefined, name, label: name, find: this.#spec.perAnswer[name] };
  }

  #rankOf(name: string): number {
    return this.#rank.get(name) ?? this.#spec.order.length;
  }
}
