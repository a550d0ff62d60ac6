/*
 * Clients of Azure OpenAI in JavaScript, as their users have them. Each client in each case prints a line of JSON: [client,
 * case, what the client saw]. ENDPOINTS is JSON: an endpoint for each case of a client.
 */

import { createAzure } from '@ai-sdk/azure';
import { generateText, streamText } from 'ai';
import { AzureOpenAI } from 'openai';
import { AzureOpenAI as AzureOpenAI6 } from 'openai6';

const { ENDPOINTS, WHOLE, CALLS } = process.env;
const API_VERSION = '2025-04-01-preview';
const DEPLOYMENT = 'mine';

const official = (Client) => {
  const clientOf = (endpoint, options) => new Client({ endpoint, apiKey: 'k', apiVersion: API_VERSION, ...options });
  const messages = (content) => [{ role: 'user', content }];
  return {
    async ask(endpoint, content, options = { maxRetries: 0 }) {
      const completion = await clientOf(endpoint, options).chat.completions.create({
        model: DEPLOYMENT,
        messages: messages(content),
      });
      return completion.choices[0].message.content;
    },
    async stream(endpoint, content) {
      let text = '';
      const request = { model: DEPLOYMENT, messages: messages(content), stream: true };
      for await (const chunk of await clientOf(endpoint, { maxRetries: 0 }).chat.completions.create(request))
        text += chunk.choices[0]?.delta.content ?? '';
      return text;
    },
  };
};

const aiSdk = (modelOf) => ({
  async ask(endpoint, prompt, options = { maxRetries: 0 }) {
    return (await generateText({ model: modelOf(endpoint), prompt, ...options })).text;
  },
  async stream(endpoint, prompt) {
    let failure;
    const { textStream } = streamText({
      model: modelOf(endpoint),
      prompt,
      maxRetries: 0,
      onError: ({ error }) => (failure = error),
    });
    let text = '';
    for await (const piece of textStream) text += piece;
    if (failure !== undefined) throw failure;
    return text;
  },
});

const azureOf = (endpoint, options) => createAzure({ baseURL: `${endpoint}/openai/v1`, apiKey: 'k', ...options });

const CLIENTS = {
  'openai 6': official(AzureOpenAI6),
  'openai 7': official(AzureOpenAI),
  'AI SDK': aiSdk((endpoint) => azureOf(endpoint)(DEPLOYMENT)),
  'AI SDK, chat': aiSdk((endpoint) => azureOf(endpoint).chat(DEPLOYMENT)),
};

function nameOf(error) {
  const cause = error.lastError ?? error;
  return [cause.constructor.name.replace(/^_/, ''), cause.status ?? cause.statusCode]
    .filter((part) => part !== undefined)
    .join(' ');
}

async function seen(act) {
  try {
    const text = await act();
    return text === WHOLE ? 'answer' : JSON.stringify(text);
  } catch (error) {
    return nameOf(error);
  }
}

for (const [name, endpoints] of Object.entries(JSON.parse(ENDPOINTS))) {
  const { ask, stream } = CLIENTS[name];
  for (const [what, endpoint] of Object.entries(endpoints)) {
    let saw;
    if (what === 'stream') saw = await seen(() => stream(endpoint, 'Hello'));
    else if (what === 'rate-limited') {
      const asked = Array.from({ length: Number(CALLS) }, (_, at) => seen(() => ask(endpoint, `Question ${at}`, {})));
      // Whatever text: the scenario says none.
      saw = (await Promise.all(asked)).every((each) => each.startsWith('"')) ? 'answers' : 'errors';
    } else saw = await seen(() => ask(endpoint, 'Hello'));
    process.stdout.write(`SEEN ${JSON.stringify([name, what, saw])}\n`);
  }
}
