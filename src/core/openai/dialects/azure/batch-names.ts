import type { BatchNames } from '../dialect.ts';

/**
 * `/chat/completions` and `/v1/chat/completions` are the same, and the lines of a batch tell which API is asked, whatever the batch
 * says: https://learn.microsoft.com/azure/ai-services/openai/how-to/batch.
 */
export const batchNames: BatchNames = {
  pathOf: (name) => (name.startsWith('/v1/') ? name : `/v1${name}`),
  addressOf: (path) => `/openai${path}`,
};
