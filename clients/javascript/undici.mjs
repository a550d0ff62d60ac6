import { Agent, RetryAgent, request } from 'undici';
import { body, headers, textOf, unlessStream } from './chat.mjs';

const dispatcher = new RetryAgent(new Agent(), { methods: ['POST'] });

export default unlessStream(async ({ baseURL, apiKey, prompt, signal }) => {
  const sent = { 'content-type': 'application/json', ...headers(apiKey) };
  const asked = { method: 'POST', headers: sent, body: JSON.stringify(body(prompt)), dispatcher, signal };
  const { statusCode, body: answer } = await request(`${baseURL}/chat/completions`, asked);
  if (statusCode >= 400) {
    await answer.dump();
    return { ok: false, error: `status ${statusCode}` };
  }
  return textOf(await answer.json());
});
