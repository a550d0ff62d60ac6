/** One attempt of a chat completion: the text, or why there is none and whether another attempt makes sense. */
export async function attempt({ baseURL, apiKey, prompt, signal }, timeoutMs = 10_000) {
  try {
    const response = await fetch(`${baseURL}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: prompt }] }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    const answer = await response.json();
    if (response.ok) return { ok: true, text: answer.choices[0].message.content };
    const { code } = answer.error ?? {};
    const hopeless = response.status < 500 && (response.status !== 429 || code === 'insufficient_quota');
    return { ok: false, error: `${response.status} ${code}`, retry: !hopeless };
  } catch (error) {
    return { ok: false, error: String(error), retry: !signal.aborted };
  }
}

/** Waits, or ends early when the call is told to stop. */
export function sleep(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true });
  });
}
