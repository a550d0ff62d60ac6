import { ChatOpenAI } from '@langchain/openai';

export default async ({ baseURL, apiKey, prompt, stream, signal }) => {
  const model = new ChatOpenAI({ model: 'gpt-4o', apiKey, configuration: { baseURL } });
  if (!stream) return { ok: true, text: (await model.invoke(prompt, { signal })).text };
  let text = '';
  for await (const chunk of await model.stream(prompt, { signal })) text += chunk.text;
  return { ok: true, text };
};
