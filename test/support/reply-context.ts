import type { Clock } from '../../src/core/clock.ts';
import type { Libraries } from '../../src/core/libraries.ts';
import { openai } from '../../src/core/openai/dialects/openai/dialect.ts';
import { endpointOf } from '../../src/core/openai/endpoints/registry.ts';
import type { AnswerSettings } from '../../src/core/openai/request/answer-settings.ts';
import { identityOf } from '../../src/core/openai/request/identity.ts';
import type { ReplyContext } from '../../src/core/openai/request/reply-context.ts';
import type { ApiRequest } from '../../src/core/openai/request/request.ts';
import { fork } from '../../src/core/random.ts';
import { utf8Length } from '../../src/core/text/utf8.ts';

/** The moment at which every test begins, in milliseconds since the epoch: Fri, 10 Jul 2026 18:54:12 GMT. */
export const TEST_WALL_MS = Date.UTC(2026, 6, 10, 18, 54, 12);

/** A clock that moves only when told. */
export interface FakeClock extends Clock {
  advance(ms: number): void;
}

export function fakeClock(wallMs = TEST_WALL_MS): FakeClock {
  let elapsedMs = 0;
  return {
    now: () => elapsedMs,
    wall: () => wallMs + elapsedMs,
    advance(ms) {
      elapsedMs += ms;
    },
  };
}

export interface RequestParts {
  readonly method?: string;
  readonly path?: string;
  /** The parsed JSON body; a default chat request when left out. */
  readonly body?: unknown;
  /** Lower-case names; those that answers depend on. */
  readonly headers?: Readonly<Record<string, string>>;
  /** `undefined` for a request without a key. */
  readonly key?: string | undefined;
}

const CHAT_BODY = {
  model: 'gpt-4o',
  messages: [{ role: 'user', content: 'Hello' }],
};

/** A request as the server would hand it over: by default a small valid chat completion. */
export function apiRequest(parts: RequestParts = {}): ApiRequest {
  const { method = 'POST', path = '/v1/chat/completions', headers = {} } = parts;
  const key = 'key' in parts ? parts.key : 'sk-test-0123456789abcdefghijklmnopqrstuvwxyz';
  const body = 'body' in parts ? parts.body : method === 'POST' ? CHAT_BODY : undefined;
  const text = body === undefined ? '' : JSON.stringify(body);
  return {
    method,
    path: path.replace(/\?.*$/, ''),
    query: path.includes('?') ? path.slice(path.indexOf('?') + 1) : undefined,
    accept: headers['accept'] ?? 'application/json',
    contentType: 'content-type' in headers ? headers['content-type'] : text === '' ? undefined : 'application/json',
    endpoint: endpointOf(method, path.replace(/\?.*$/, '')),
    dialect: openai,
    key,
    keyHash: key,
    body,
    malformed: false,
    bodyBytes: utf8Length(text),
    fingerprint: [key, method, path, text].join(' '),
    memo: undefined,
  };
}

const ZERO = { kind: 'constant', ms: 0 } as const;

/** The settings of a scenario that says nothing. */
export const plainSettings: AnswerSettings = {
  tokens: 'estimate',
  models: 'any',
  latency: { ttft: ZERO, interToken: ZERO },
  reply: {},
};

const noLibraries: Libraries = {
  checkSchema: () => missing('checkSchema'),
  compileRegex: () => missing('compileRegex'),
  createFaker: () => missing('createFaker'),
  sampleSchema: () => missing('sampleSchema'),
  splitTokens: () => missing('splitTokens'),
};

function missing(name: string): never {
  throw new Error(`this test has no ${name}: pass libraries to replyContext`);
}

/** What a reply may depend on, with seed `test` and a clock that stands still at {@link TEST_WALL_MS}. */
export function replyContext(overrides: Partial<ReplyContext> = {}): ReplyContext {
  const request = overrides.request ?? apiRequest();
  return {
    request,
    clock: fakeClock(),
    receivedAt: 0,
    identity: identityOf('test'),
    requestId: 'req_ed1692f28b27414ebc298d2b377f052d',
    settings: plainSettings,
    libraries: noLibraries,
    unchanged: false,
    random: (...labels) => fork('test', 'call', 1, ...labels),
    textRandom: (...labels) => fork('test', request.fingerprint, ...labels),
    ...overrides,
  };
}
