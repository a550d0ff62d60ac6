import { rememberLast } from '../../memo/remember-last.ts';
import { pick } from '../../random.ts';
import type { Head, Header } from '../../wire/effect.ts';
import type { ReplyContext } from '../request/reply-context.ts';

/** Who answers. It decides body format and headers (wire.md, "three layers"). */
export type Layer = 'edge' | 'gateway' | 'api';

/** How JSON is printed, and what it is called. */
export interface BodyFormat {
  /** Spaces per level; 0 prints one line. */
  readonly indent: number;
  readonly trailingNewline: boolean;
  readonly contentType: string;
}

interface LayerFormat extends BodyFormat {
  /** The headers of WIRE_ORDER that this layer sends besides those of every answer. */
  readonly headers: readonly string[];
}

const ORIGIN = ['cf-cache-status', 'strict-transport-security', 'x-content-type-options', 'x-request-id', 'set-cookie'];
const API = ['access-control-expose-headers', 'openai-organization', 'openai-processing-ms', 'openai-project', 'openai-version'];

/** Formats of error answers by layer. */
export const layers: Readonly<Record<Layer, LayerFormat>> = {
  edge: {
    indent: 0,
    trailingNewline: false,
    contentType: 'application/json',
    headers: [],
  },
  gateway: {
    indent: 4,
    trailingNewline: true,
    contentType: 'application/json; charset=utf-8',
    headers: [...ORIGIN, 'vary', 'x-openai-proxy-wasm'],
  },
  api: {
    indent: 2,
    trailingNewline: false,
    contentType: 'application/json',
    headers: [...ORIGIN, ...API, 'x-openai-proxy-wasm'],
  },
};

/** Order of headers on the wire (wire.md 2.1). Headers not named here follow at the end, in the order given. */
const WIRE_ORDER = [
  'date',
  'content-type',
  'content-length',
  'transfer-encoding',
  'connection',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  'x-frame-options',
  'referrer-policy',
  'cache-control',
  'expires',
  'cf-ray',
  'cf-cache-status',
  'server',
  'vary',
  'strict-transport-security',
  'x-content-type-options',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'openai-organization',
  'openai-processing-ms',
  'openai-project',
  'openai-version',
  'x-openai-proxy-wasm',
  'x-ratelimit-limit-project-tokens',
  'x-ratelimit-limit-requests',
  'x-ratelimit-limit-tokens',
  'x-ratelimit-remaining-project-tokens',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-remaining-tokens',
  'x-ratelimit-reset-project-tokens',
  'x-ratelimit-reset-requests',
  'x-ratelimit-reset-tokens',
  'x-request-id',
  'set-cookie',
  'alt-svc',
];
const RANK = new Map(WIRE_ORDER.map((name, index) => [name, index]));

const EVERY_ANSWER = ['date', 'connection', 'cf-ray', 'server', 'alt-svc'];

/** What never changes: one field, or several of the same name. */
const CONSTANT: Readonly<Record<string, string | readonly string[]>> = {
  connection: 'keep-alive',
  'cf-cache-status': 'DYNAMIC',
  server: 'cloudflare',
  vary: 'Origin',
  'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
  'x-content-type-options': 'nosniff',
  'access-control-allow-origin': '*',
  // Since July 2026 three fields of the same name (wire.md 2.1).
  'access-control-expose-headers': ['CF-Ray', 'CF-Ray', 'X-Request-ID'],
  'openai-version': '2020-10-01',
  'x-openai-proxy-wasm': 'v0.1',
  'alt-svc': 'h3=":443"; ma=86400',
};

const OF_ANSWER: Readonly<Record<string, (context: ReplyContext) => string>> = {
  date: ({ clock }) => dateText(clock.wall()),
  'cf-ray': (context) => `${pick(context.random('cf-ray'), '0123456789abcdef', 16)}-${context.identity.dataCentre}`,
  'openai-organization': ({ identity }) => identity.organization,
  'openai-processing-ms': ({ clock, receivedAt }) => String(Math.round(clock.now() - receivedAt)),
  'openai-project': ({ identity }) => identity.project,
  'x-request-id': ({ requestId }) => requestId,
  'set-cookie': (context) => pick(context.random('cookie'), COOKIE_SIGNS, 43, '__cf_bm=') + cookieEnd(context.clock.wall()),
};

const COOKIE_SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._';
const dateText = perSecond((seconds) => new Date(seconds * 1_000).toUTCString());
const cookieEnd = perSecond((seconds) => {
  const expires = new Date((seconds + 30 * 60) * 1_000).toUTCString();
  return `-${seconds}-1.0.1.1; HttpOnly; SameSite=None; Secure; Path=/; Domain=api.openai.com; Expires=${expires}`;
});

/** A text that changes with the second: answers of the same second share it. */
function perSecond(textOf: (seconds: number) => string): (wallMs: number) => string {
  const ofSecond = rememberLast(textOf);
  return (wallMs) => ofSecond(Math.floor(wallMs / 1_000));
}

/** What one answer sends besides, or instead of, the headers of its layer. */
export interface HeaderSet {
  readonly layer: Layer;
  /** Headers that this answer lacks, lower-case, whoever else would send them. */
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
  readonly find: ((context: ReplyContext) => string) | undefined;
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
  /** Whoever sets `connection` says what becomes of it, and then the text is not all that matters. */
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
  fill(extra: readonly Header[], context: ReplyContext): Fields {
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

/** The headers of an answer, in wire order. */
export function headOf(set: HeaderSet, context: ReplyContext): Fields {
  return layoutOf(set).fill(set.extra ?? [], context);
}

/** Layouts by the names that make them: few, for names come from the scenario and from here. */
const layouts = new Map<string, HeaderLayout>();
const MAX_LAYOUTS = 1_000;

/** The same for all answers that send the same names, so that it is found once. */
function layoutOf(set: HeaderSet): HeaderLayout {
  const { layer, without = [], also = [], extra = [] } = set;
  let key = `${layer} ${without.join()} ${also.join()}`;
  for (const [name] of extra) key += ` ${name}`;
  let layout = layouts.get(key);
  if (layout === undefined) {
    if (layouts.size >= MAX_LAYOUTS) layouts.clear();
    layouts.set(key, (layout = createLayout({ layer, without, also, extra })));
  }
  return layout;
}

/** Of the extra headers the names alone matter; `fixed` ones are the same in each answer, their names lower-case. */
export function createLayout(set: HeaderSet & { readonly fixed?: readonly Header[] }): HeaderLayout {
  const { layer, without = [], also = [], extra = [], fixed = [] } = set;
  const named = extra.map(
    ([label], place): Source => ({ fixed: [], extra: place, name: label.toLowerCase(), label, find: undefined }),
  );
  const constant = fixed.map((header): Source => ({ ...sourceOf(header[0]), fixed: [header], find: undefined }));
  const given = [...named, ...constant];
  const names = new Set(given.map(({ name }) => name));
  const own = new Set([...EVERY_ANSWER, ...layers[layer].headers, ...also]);
  const others = [...own].filter((name) => !names.has(name)).map(sourceOf);
  const sources = [...given, ...others].filter(({ name }) => !without.includes(name));
  return new HeaderLayout(sources.sort((a, b) => rank(a.name) - rank(b.name)));
}

function sourceOf(name: string): Source {
  const fixed = [CONSTANT[name] ?? []].flat().map((value) => [name, value] as const);
  return { fixed, extra: undefined, name, label: name, find: OF_ANSWER[name] };
}

function rank(name: string): number {
  return RANK.get(name) ?? WIRE_ORDER.length;
}
