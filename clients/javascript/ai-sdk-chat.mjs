import { createOpenAI } from '@ai-sdk/openai';
import { generateText, streamText } from 'ai';

export default async ({ baseURL, apiKey, prompt, stream, signal }) => {
  const provider = createOpenAI({ baseURL, apiKey });
  const request = { model: provider.chat('gpt-4o'), prompt, abortSignal: signal };
  if (!stream) return { ok: true, text: (await generateText(request)).text };
  let text = '';
  let failure;
  const onError = ({ error }) => {
    failure = error;
  };
  for await (const piece of streamText({ ...request, onError }).textStream) text += piece;
  if (failure !== undefined) throw failure;
  return { ok: true, text };
};
