// What is written in five minutes: ten tries, a quarter of a second apart, whatever went wrong.
export default async function call({ baseURL, apiKey, prompt, stream }) {
  for (let attempt = 1; attempt <= 10; attempt++) {
    try {
      const response = await fetch(`${baseURL}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-4o-mini', stream, messages: [{ role: 'user', content: prompt }] }),
      });
      if (response.ok) return { ok: true, text: await response.text() };
    } catch {
      // Try again.
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return { ok: false, error: 'gave up' };
}
