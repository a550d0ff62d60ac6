import { unservedUrl } from '../core/openai/endpoints/unserved-urls.ts';
import type { Engine } from './engine.ts';

/** Messages at most: a client that asks for everything is told of by the verdict. */
const MOST = 50;

/** Calls the listener once for each URL that OpenAI has, the mock does not serve, and a client asks for. Returns how to stop. */
export function onUnservedUrl(engine: Engine, listener: (message: string) => void): () => void {
  const told = new Set<string>();
  return engine.onEntry(({ endpoint, method, path }) => {
    if (endpoint !== null || told.size >= MOST) return;
    const url = unservedUrl(method, path);
    if (url === undefined || told.has(`${method} ${url.path}`)) return;
    told.add(`${method} ${url.path}`);
    listener(`${method} ${url.path} is not served by this mock${url.advice === '' ? '' : `. ${url.advice}`}`);
  });
}
