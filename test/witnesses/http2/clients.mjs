/* Clients of Node that speak HTTP/2 as undici does. Each asks twice by one client, and tells what it saw the second time. */
import { readFileSync } from 'node:fs';
import OpenAI from 'openai';
import { Agent } from 'undici';

const { URLS = '{}', CA = '', WHOLE = '' } = process.env;
const PATIENCE_MS = 10_000;
const asked = { model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Hello' }] };

function agent() {
  return new Agent({ allowH2: true, connect: { ca: readFileSync(CA) } });
}

function nodeFetch(dispatcher) {
  return async (url) => {
    const headers = { authorization: 'Bearer sk-test', 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(asked), dispatcher, signal: AbortSignal.timeout(PATIENCE_MS) };
    let text = '';
    const response = await fetch(`${url}/chat/completions`, init);
    for await (const bytes of response.body) text += Buffer.from(bytes).toString();
    if (!text.includes('[DONE]')) return 'half an answer';
    return 'answer';
  };
}

function openai(dispatcher) {
  return async (url) => {
    const client = new OpenAI({ baseURL: url, apiKey: 'sk-test', fetchOptions: { dispatcher }, timeout: PATIENCE_MS });
    let text = '';
    for await (const chunk of await client.chat.completions.create(asked)) text += chunk.choices[0]?.delta.content ?? '';
    return text === WHOLE ? 'answer' : 'half an answer';
  };
}

/** The class, and the code or the words of the innermost cause. */
function errorText(error) {
  let innermost = error;
  while (innermost.cause instanceof Error) innermost = innermost.cause;
  const { code, message } = innermost;
  return `${error.constructor.name}: ${code ?? message.split('\n')[0]}`;
}

const CLIENTS = { 'Node `fetch`, undici': nodeFetch, openai };

for (const [name, urls] of Object.entries(JSON.parse(URLS))) {
  for (const [situation, url] of Object.entries(urls)) {
    const dispatcher = agent();
    const ask = CLIENTS[name](dispatcher);
    const again = () => ask(url).catch(errorText);
    if (!situation.startsWith('certificate')) await again();
    process.stdout.write(`SEEN ${JSON.stringify([name, situation, await again()])}\n`);
    await dispatcher.destroy();
  }
}
process.exit(0);
