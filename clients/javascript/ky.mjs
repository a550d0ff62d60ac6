import ky from 'ky';
import { body, headers, textOf, unlessStream } from './chat.mjs';

export default unlessStream(async ({ baseURL, apiKey, prompt, signal }) => {
  const request = { json: body(prompt), headers: headers(apiKey), retry: { methods: ['post'] }, timeout: 60_000, signal };
  return textOf(await ky.post(`${baseURL}/chat/completions`, request).json());
});
