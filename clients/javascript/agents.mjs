import { Agent, OpenAIProvider, Runner, setTracingDisabled } from '@openai/agents';

setTracingDisabled(true);

export default async ({ baseURL, apiKey, prompt, stream, signal }) => {
  const runner = new Runner({ modelProvider: new OpenAIProvider({ baseURL, apiKey }) });
  const agent = new Agent({ name: 'probe', instructions: 'Answer.', model: 'gpt-4o' });
  if (!stream) return { ok: true, text: (await runner.run(agent, prompt, { signal })).finalOutput };
  const result = await runner.run(agent, prompt, { stream: true, signal });
  let text = '';
  for await (const piece of result.toTextStream()) text += piece;
  await result.completed;
  return { ok: true, text };
};
