import { pick } from '../random.ts';
import type { Header } from '../reply/effect.ts';
import type { ReplyContext } from './context.ts';

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

/** One field, or several of the same name. */
const VALUES: Readonly<Record<string, (context: ReplyContext) => string | readonly string[]>> = {
  date: ({ clock }) => new Date(clock.wall()).toUTCString(),
  connection: () => 'keep-alive',
  'cf-ray': ({ random, identity }) => `${pick(random('cf-ray'), '0123456789abcdef', 16)}-${identity.dataCentre}`,
  'cf-cache-status': () => 'DYNAMIC',
  server: () => 'cloudflare',
  vary: () => 'Origin',
  'strict-transport-security': () => 'max-age=31536000; includeSubDomains; preload',
  'x-content-type-options': () => 'nosniff',
  'access-control-allow-origin': () => '*',
  // Since July 2026 three fields of the same name (wire.md 2.1).
  'access-control-expose-headers': () => ['CF-Ray', 'CF-Ray', 'X-Request-ID'],
  'openai-organization': ({ identity }) => identity.organization,
  'openai-processing-ms': ({ clock, receivedAt }) => String(Math.round(clock.now() - receivedAt)),
  'openai-project': ({ identity }) => identity.project,
  'openai-version': () => '2020-10-01',
  'x-openai-proxy-wasm': () => 'v0.1',
  'x-request-id': ({ requestId }) => requestId,
  'set-cookie': (context) => cookie(context),
  'alt-svc': () => 'h3=":443"; ma=86400',
};

/** What one answer sends besides, or instead of, the headers of its layer. */
export interface HeaderSet {
  readonly layer: Layer;
  /** Headers that this answer lacks, lower-case, whoever else would send them. */
  readonly without?: readonly string[];
  /** Headers of other layers that this answer has. */
  readonly also?: readonly string[];
  /** Headers with their values; they replace those of the layer. */
  readonly extra?: readonly Header[];
}

/** The headers of an answer, in wire order. */
export function headersOf({ layer, without = [], also = [], extra = [] }: HeaderSet, context: ReplyContext): Header[] {
  const lacking = new Set(without);
  const headers = extra.filter(([name]) => !lacking.has(name.toLowerCase()));
  const names = new Set([...EVERY_ANSWER, ...layers[layer].headers, ...also]);
  for (const name of without) names.delete(name);
  for (const [name] of headers) names.delete(name.toLowerCase());
  for (const name of names) {
    for (const value of [VALUES[name]?.(context) ?? []].flat()) headers.push([name, value]);
  }
  return headers.sort((a, b) => rank(a) - rank(b));
}

function rank([name]: Header): number {
  return RANK.get(name.toLowerCase()) ?? WIRE_ORDER.length;
}

function cookie({ random, clock }: ReplyContext): string {
  const value = pick(random('cookie'), 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._', 43);
  const seconds = Math.floor(clock.wall() / 1_000);
  const expires = new Date(clock.wall() + 30 * 60_000).toUTCString();
  return (
    `__cf_bm=${value}-${seconds}-1.0.1.1; ` + `HttpOnly; SameSite=None; Secure; Path=/; Domain=api.openai.com; Expires=${expires}`
  );
}
