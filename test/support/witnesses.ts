import { execFile } from 'node:child_process';
import { request as openRequest } from 'node:http';
import OpenAI from 'openai';

/** What a client saw of one answer: how it ended, and how much of the text there was. */
interface Seen {
  /** `complete`, or the error in the client's own words. */
  readonly end: string;
  /** Content chunks of a stream, or 1 for an answer in one piece that could be read. */
  readonly pieces: number;
}

interface Target {
  readonly baseURL: string;
  readonly apiKey: string;
}

interface Asked {
  readonly stream: boolean;
  /** Time after which a client that sees no end gives up. */
  readonly patienceMs: number;
}

export type Witness = (target: Target, asked: Asked) => Promise<Seen>;

const MESSAGES = [{ role: 'user', content: 'Hello' }] as const;

/** The official SDK, without retries. */
export const sdk: Witness = async ({ baseURL, apiKey }, { stream, patienceMs }) => {
  const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
  const signal = AbortSignal.timeout(patienceMs);
  let pieces = 0;
  try {
    const request = { model: 'gpt-4o', messages: [...MESSAGES] };
    if (stream) {
      for await (const chunk of await client.chat.completions.create({ ...request, stream: true }, { signal }))
        if ((chunk.choices[0]?.delta.content ?? '') !== '') pieces += 1;
    } else {
      const completion = await client.chat.completions.create(request, { signal });
      pieces = typeof completion === 'object' ? completion.choices.length : 0;
    }
    return { end: signal.aborted ? 'gave up' : 'complete', pieces };
  } catch (error) {
    return { end: signal.aborted ? 'gave up' : errorName(error), pieces };
  }
};

/** `fetch` of Node (undici), reading the body as it comes. */
export const plainFetch: Witness = async ({ baseURL, apiKey }, { stream, patienceMs }) => {
  const signal = AbortSignal.timeout(patienceMs);
  let text = '';
  try {
    const response = await fetch(`${baseURL}/chat/completions`, {
      method: 'POST',
      headers: headersOf(apiKey),
      body: bodyOf(stream),
      signal,
    });
    for await (const chunk of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) text += chunk;
    return { end: 'complete', pieces: piecesOf(text, stream) };
  } catch (error) {
    return { end: signal.aborted ? 'gave up' : errorName(error), pieces: piecesOf(text, stream) };
  }
};

/** `node:http`. */
export const nodeHttp: Witness = ({ baseURL, apiKey }, { stream, patienceMs }) =>
  new Promise((resolve) => {
    const signal = AbortSignal.timeout(patienceMs);
    let text = '';
    const finish = (end: string) => resolve({ end: signal.aborted ? 'gave up' : end, pieces: piecesOf(text, stream) });
    const asked = openRequest(
      `${baseURL}/chat/completions`,
      { method: 'POST', headers: headersOf(apiKey), signal },
      (response) => {
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => finish('complete'));
        response.on('error', (error) => finish(errorName(error)));
      },
    );
    asked.on('error', (error) => finish(errorName(error)));
    asked.end(bodyOf(stream));
  });

/** curl, by its exit code. */
export const curl: Witness = ({ baseURL, apiKey }, { stream, patienceMs }) =>
  new Promise((resolve, reject) => {
    const headers = Object.entries(headersOf(apiKey)).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
    const args = [
      '-sN',
      '--max-time',
      String(patienceMs / 1_000),
      ...headers,
      '-d',
      bodyOf(stream),
      `${baseURL}/chat/completions`,
    ];
    execFile('curl', args, (error, stdout) => {
      if (error !== null && typeof error.code === 'string') reject(error);
      const code = error === null ? 0 : Number(error.code);
      resolve({ end: code === 0 ? 'complete' : code === 28 ? 'gave up' : `exit ${code}`, pieces: piecesOf(stdout, stream) });
    });
  });

function headersOf(apiKey: string): Record<string, string> {
  return { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
}

function bodyOf(stream: boolean): string {
  return JSON.stringify({ model: 'gpt-4o', messages: MESSAGES, stream });
}

/** As a client would count them that splits lines and parses what follows `data: `. */
function piecesOf(text: string, stream: boolean): number {
  const events = stream ? text.split(/\r\n|\n|\r/).flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : [])) : [text];
  return events.filter((event) => {
    try {
      const { choices } = JSON.parse(event);
      return !stream || (choices?.[0]?.delta.content ?? '') !== '';
    } catch {
      return false;
    }
  }).length;
}

/** The class, and the code of the innermost cause that has one. */
function errorName(error: unknown): string {
  let code: unknown;
  for (let cause = error; cause instanceof Error; cause = cause.cause) code = (cause as NodeJS.ErrnoException).code ?? code;
  const name = error instanceof Error ? error.constructor.name : typeof error;
  return code == null ? name : `${name} ${String(code)}`;
}
