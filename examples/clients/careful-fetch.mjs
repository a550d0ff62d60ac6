// fetch done well: hints in every form, full jitter with a cap, few attempts, timeouts, broken streams noticed.
const RETRIED = new Set([408, 409, 429, 500, 502, 503, 504]);
const NO_CREDIT = /"(insufficient_quota|billing_not_active)"/;
const ATTEMPTS = 4;
const BASE_MS = 500;
const CAP_MS = 8_000;
const LONGEST_HINT_MS = 20_000;
const TIMEOUT_MS = 8_000;
const IDLE_MS = 5_000;

export default async function call({ baseURL, apiKey, prompt, stream, signal, callId }) {
  const request = {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', 'idempotency-key': callId },
    body: JSON.stringify({ model: 'gpt-4o-mini', stream, messages: [{ role: 'user', content: prompt }] }),
  };
  for (let attempt = 1; ; attempt++) {
    const result = await attemptOnce(`${baseURL}/chat/completions`, request, signal);
    if (result.ok || !result.retryable || attempt === ATTEMPTS || signal.aborted) return result;
    if (result.timedOut && attempt === 2) return result;
    if (result.hintMs > LONGEST_HINT_MS) return result;
    const backoffMs = 50 + Math.random() * Math.min(CAP_MS, BASE_MS * 2 ** (attempt - 1));
    // A little longer than asked, so that clients that were told the same do not come back together.
    const waitMs = result.hintMs === undefined ? backoffMs : result.hintMs + 5 + Math.random() * 200;
    if (await aborted(waitMs, signal)) return { ok: false, error: 'aborted' };
  }
}

async function attemptOnce(url, request, signal) {
  const patience = new AbortController();
  const giveUp = () => patience.abort(new Error('timeout'));
  let timer = setTimeout(giveUp, TIMEOUT_MS);
  let text = '';
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.any([signal, patience.signal]) });
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      // Comments say that the connection lives, not that an answer comes.
      if (!/^(?!:|$)/m.test(chunk)) continue;
      clearTimeout(timer);
      timer = setTimeout(giveUp, IDLE_MS);
    }
    if (response.ok) return read(text);
    const retryable = RETRIED.has(response.status) && !NO_CREDIT.test(text);
    return { ok: false, error: `${response.status}`, retryable, hintMs: hintOf(response.headers) };
  } catch (error) {
    // What was shown of an answer cannot be taken back; a timeout is retried once.
    return { ok: false, error: String(error), retryable: text === '', timedOut: patience.signal.aborted };
  } finally {
    clearTimeout(timer);
  }
}

/** The text of an answer, whole or streamed; an error where it is broken. */
function read(text) {
  try {
    if (!text.startsWith('data:')) return { ok: true, text: JSON.parse(text).choices[0].message.content };
    let content = '';
    let finished = false;
    for (const [, data] of text.matchAll(/^data: (.*)$/gm)) {
      if (data === '[DONE]') continue;
      const { error, choices } = JSON.parse(data);
      if (error !== undefined) return { ok: false, error: error.message };
      content += choices[0]?.delta?.content ?? '';
      finished ||= choices[0]?.finish_reason != null;
    }
    return finished ? { ok: true, text: content } : { ok: false, error: 'the stream ended early' };
  } catch (error) {
    return { ok: false, error: `cannot read the answer: ${error}` };
  }
}

/** The wait that the answer asks for in milliseconds; undefined where there is none that makes sense. */
function hintOf(headers) {
  const ms = Number.parseFloat(headers.get('retry-after-ms') ?? '');
  const after = headers.get('retry-after') ?? '';
  const seconds = /^\d+$/.test(after) ? Number(after) * 1_000 : Date.parse(after) - Date.now();
  const waitMs = Number.isNaN(ms) ? seconds : ms;
  return waitMs > 0 && waitMs < 2 ** 31 ? waitMs : undefined;
}

/** Sleeps; resolves with true as soon as the caller gives up. */
function aborted(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(signal.aborted), ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
