import axios from 'axios';
import axiosRetry from 'axios-retry';
import { body, headers, textOf, unlessStream } from './chat.mjs';

const client = axios.create();
axiosRetry(client, {
  retries: 3,
  retryDelay: axiosRetry.exponentialDelay,
  retryCondition: (error) => axiosRetry.isNetworkError(error) || axiosRetry.isRetryableError(error),
});

export default unlessStream(async ({ baseURL, apiKey, prompt, signal }) => {
  const { data } = await client.post(`${baseURL}/chat/completions`, body(prompt), { headers: headers(apiKey), signal });
  return textOf(data);
});
