import {
  type ClientTools,
  TimeoutError,
  TransportError,
  type VirtualClient,
  type VirtualResponse,
} from '../support/virtual-world.ts';

/** How a well-behaved client is set up. Times in milliseconds. */
export interface GoodOptions {
  readonly attempts?: number;
  readonly baseMs?: number;
  readonly capMs?: number;
  /** Longer hints make it give up. */
  readonly longestHintMs?: number;
  readonly timeoutMs?: number;
  readonly idleMs?: number;
  readonly body?: object;
}

const RETRIED = new Set([408, 409, 429, 500, 502, 503, 504]);
const BILLING = /insufficient_quota|credit_balance|spend_limit|usage_limit|billing_not_active/;

/** A client that does everything right: hints in every form, full jitter, a bound, timeouts, broken streams noticed. */
export function goodClient(options: GoodOptions = {}): VirtualClient {
  const { attempts = 4, baseMs = 1_000, capMs = 20_000, timeoutMs = 60_000, idleMs = 15_000, body = {} } = options;
  return async (tools, signal) => {
    for (let attempt = 1; ; attempt++) {
      const failure = await attemptOnce(tools, { timeoutMs, idleMs, body, signal, count: attempt - 1 });
      if (typeof failure === 'string') return failure;
      if (attempt >= attempts || !failure.retryable) throw failure.error;
      const hint = failure.hintMs;
      if (hint !== undefined && hint > (options.longestHintMs ?? 120_000)) throw failure.error;
      const backoff = 50 + tools.random() * Math.min(capMs, baseMs * 2 ** (attempt - 1));
      // A little more than asked, so that clients told the same do not come back together.
      await tools.sleep(hint === undefined ? backoff : hint + 1 + tools.random() * 250, signal);
    }
  };
}

interface Failure {
  readonly error: Error;
  readonly retryable: boolean;
  readonly hintMs: number | undefined;
}

interface Once {
  readonly timeoutMs: number;
  readonly idleMs: number;
  readonly body: object;
  readonly signal: AbortSignal;
  readonly count: number;
}

async function attemptOnce(tools: ClientTools, { count, idleMs, ...others }: Once): Promise<string | Failure> {
  // In a stream, what says nothing but that the connection lives is silence.
  const request = {
    ...others,
    ...('stream' in others.body && others.body.stream === true ? { eventIdleMs: idleMs } : { idleMs }),
  };
  let response: VirtualResponse;
  try {
    response = await tools.request({ ...request, headers: { 'x-stainless-retry-count': String(count) } });
  } catch (error) {
    if (request.signal.aborted || !(error instanceof TransportError)) throw error;
    // What was shown of a stream cannot be taken back; a timeout is retried once.
    const retryable = error.partial === '' && (!(error instanceof TimeoutError) || count < 1);
    return { error, retryable, hintMs: undefined };
  }
  if (response.status !== 200) {
    const retryable = RETRIED.has(response.status) && !BILLING.test(response.text);
    return { error: new Error(`status ${response.status}`), retryable, hintMs: readHint(response, tools.wall()) };
  }
  return readAnswer(response.text);
}

/** The wait that a response asks for; undefined where it makes no sense. */
function readHint(response: VirtualResponse, wallMs: number): number | undefined {
  const ms = response.header('retry-after-ms');
  if (ms !== undefined && /^\d+(\.\d+)?$/.test(ms)) return sane(Number(ms));
  const text = response.header('retry-after');
  if (text === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return sane(Number(text) * 1_000);
  const date = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return /[A-Za-z]{3}/.test(text) ? sane(date - wallMs) : undefined;
}

function sane(ms: number): number | undefined {
  return ms > 0 && ms <= 2_147_483_647 ? ms : undefined;
}

/** What the lines of an event stream begin with; a comment begins with the colon. */
const STREAM_FIELD = /^(?:data|event|id|retry)?:/;

/** The text of an answer of either API, streamed or whole. Throws where it is broken. */
export function readAnswer(text: string): string {
  if (!STREAM_FIELD.test(text)) return wholeText(JSON.parse(text) as Answer);
  let content = '';
  let finished = false;
  for (const line of text.split(/\r\n|\n|\r/)) {
    const [, data = '[DONE]'] = /^data: ?(.*)$/.exec(line) ?? [];
    if (data === '[DONE]') continue;
    const event = JSON.parse(data) as StreamEvent;
    if (event.error !== undefined || event.type === 'response.failed') throw new Error('error in the stream');
    content += (typeof event.delta === 'string' ? event.delta : event.choices?.[0]?.delta.content) ?? '';
    finished ||= event.choices?.[0]?.finish_reason != null || /^response\.(?:completed|incomplete)$/.test(event.type ?? '');
  }
  if (!finished) throw new Error('the stream ended early');
  return content;
}

function wholeText({ choices, output }: Answer): string {
  if (choices === undefined && output === undefined) throw new Error('no answer');
  if (choices !== undefined) return choices[0]?.message.content ?? '';
  return (output ?? []).flatMap(({ content }) => (content ?? []).map(({ text = '' }) => text)).join('');
}

interface Answer {
  readonly choices?: readonly { readonly message: { readonly content: string | null } }[];
  readonly output?: readonly { readonly content?: readonly { readonly text?: string }[] | null }[];
}

/** A chunk of chat completions, or an event of Responses. */
interface StreamEvent {
  readonly error?: object;
  readonly choices?: readonly { readonly delta: { readonly content?: string }; readonly finish_reason: string | null }[];
  readonly type?: string;
  readonly delta?: string;
}
