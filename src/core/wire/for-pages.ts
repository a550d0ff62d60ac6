import type { Head, Header, Reply } from './effect.ts';
import { isNamed } from './header-field.ts';

const ALLOW_ORIGIN = 'access-control-allow-origin';

/** Lets a page of any origin read the answer (Fetch standard, CORS protocol). That OpenAI does so today is unverified. */
export function* forPages(reply: Reply): Reply {
  for (const effect of reply) yield effect.type === 'head' ? allowed(effect) : effect;
}

function allowed(head: Head): Head {
  const { headers } = head;
  if (headers.some((header) => isNamed(header, ALLOW_ORIGIN))) return head;
  return { ...head, headers: [...headers, [ALLOW_ORIGIN, '*'] satisfies Header] };
}
