import OpenAI from 'openai';

export default async ({ baseURL, apiKey, prompt, stream, signal }) => {
  const client = new OpenAI({ baseURL, apiKey });
  const request = { model: 'gpt-4o', messages: [{ role: 'user', content: prompt }] };
  if (!stream) {
    const completion = await client.chat.completions.create(request, { signal });
    return { ok: true, text: completion.choices[0].message.content };
  }
  let text = '';
  for await (const chunk of await client.chat.completions.create({ ...request, stream: true }, { signal }))
    text += chunk.choices[0]?.delta?.content ?? '';
  return { ok: true, text };
};
