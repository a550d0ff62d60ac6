import got from 'got';
import { body, headers, textOf, unlessStream } from './chat.mjs';

export default unlessStream(async ({ baseURL, apiKey, prompt, signal }) => {
  const retry = { limit: 2, methods: ['POST'] };
  const request = { json: body(prompt), headers: headers(apiKey), retry, signal };
  return textOf(await got.post(`${baseURL}/chat/completions`, request).json());
});
