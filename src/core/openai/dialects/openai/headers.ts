import { rememberLast } from '../../../memo/remember-last.ts';
import { pick } from '../../../random.ts';
import { HEX } from '../../../text/alphabets.ts';
import { HeaderProfile, type HeaderSpec } from '../../wire/header-profile.ts';

const ORIGIN = ['cf-cache-status', 'strict-transport-security', 'x-content-type-options', 'x-request-id', 'set-cookie'];
const API = ['access-control-expose-headers', 'openai-organization', 'openai-processing-ms', 'openai-project', 'openai-version'];

/** Formats of error answers by layer. */
const layers: HeaderSpec['layers'] = {
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

/** Order of headers on the wire (wire.md 2.1). */
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
  'www-authenticate',
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

const EVERY_ANSWER = ['date', 'connection', 'cf-ray', 'server', 'alt-svc'];

/** What never changes: one field, or several of the same name. */
const CONSTANT: HeaderSpec['constant'] = {
  connection: 'keep-alive',
  'cf-cache-status': 'DYNAMIC',
  server: 'cloudflare',
  vary: 'Origin',
  'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
  'www-authenticate': 'Bearer realm="OpenAI API"',
  'x-content-type-options': 'nosniff',
  'access-control-allow-origin': '*',
  // Since July 2026 three fields of the same name (wire.md 2.1).
  'access-control-expose-headers': ['CF-Ray', 'CF-Ray', 'X-Request-ID'],
  'openai-version': '2020-10-01',
  'x-openai-proxy-wasm': 'v0.1',
  'alt-svc': 'h3=":443"; ma=86400',
};

const PER_ANSWER: HeaderSpec['perAnswer'] = {
  date: ({ clock }) => dateText(clock.wall()),
  'cf-ray': (context) => `${pick(context.random('cf-ray'), HEX, 16)}-${context.identity.dataCentre}`,
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

/** The headers of api.openai.com (wire.md 2). */
export const headers = new HeaderProfile({
  order: WIRE_ORDER,
  always: EVERY_ANSWER,
  constant: CONSTANT,
  perAnswer: PER_ANSWER,
  layers,
});
