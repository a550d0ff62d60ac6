import { createOpenAI } from '@ai-sdk/openai';
import { generateText, streamText } from 'ai';

/** A client of the AI SDK; `modelOf` takes a model of the provider. */
export const aiSdk =
  (modelOf) =>
  async ({ baseURL, apiKey, prompt, stream, signal }) => {
    const request = { model: modelOf(createOpenAI({ baseURL, apiKey })), prompt, abortSignal: signal };
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
