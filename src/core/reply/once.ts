import type { Reply } from './effect.ts';

/** The reply, forgotten by its holders as soon as somebody iterates it: what a hanging client waits for holds no memory. */
export function once(reply: Reply): Reply {
  let held = reply;
  return {
    [Symbol.iterator]() {
      const iterator = held[Symbol.iterator]();
      held = [];
      return iterator;
    },
  };
}
