import { request } from 'node:http';

/** What becomes of a chat completion on a connection of its own: its status, or the code of the system's error. */
export function outcomeOfRequest(baseURL: string, body: object = {}): Promise<number | string> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => resolve(error.code ?? '');
    const headers = { authorization: 'Bearer sk-test', 'content-type': 'application/json' };
    const asking = request(`${baseURL}/chat/completions`, { method: 'POST', agent: false, headers });
    asking.on('response', (response) => {
      response.on('error', failed);
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    asking.on('error', failed);
    asking.end(JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }], ...body }));
  });
}
