import type { Reply } from './effect.ts';

/** The reply up to its head, and nothing behind. */
export function* upToHead(reply: Reply): Reply {
  for (const effect of reply) {
    if (effect.type === 'head' || effect.type === 'wait') yield effect;
    if (effect.type !== 'wait') return;
  }
}
