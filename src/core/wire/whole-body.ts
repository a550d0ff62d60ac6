import { utf8Length } from '../text/utf8.ts';
import type { Head, Reply, Write } from './effect.ts';
import { isNamed } from './header-field.ts';
import { joined } from './joined.ts';

/** A reply remade from its head and its whole body, once both are known. A reply that never ends is left as it is. */
export function* wholeBody(reply: Reply, remake: (head: Head, body: Uint8Array) => Reply): Reply {
  let head: Head | undefined;
  const written: Write[] = [];
  for (const effect of reply) {
    switch (effect.type) {
      case 'head':
        head = effect;
        break;
      case 'write':
        written.push(effect);
        break;
      case 'wait':
        yield effect;
        break;
      default:
        if (head === undefined) yield effect;
        else if (effect.type === 'end') yield* remake(head, joined(written));
        else yield* [head, ...written, effect];
        return;
    }
  }
}

/** The answer with another text as its body. Where its head tells a length, it tells that of the text. */
export function withText(head: Head, text: string): Reply {
  const isMeasured = head.headers.some((header) => isNamed(header, 'content-length'));
  return [isMeasured ? withLength(head, utf8Length(text)) : head, { type: 'write', data: text }, { type: 'end' }];
}

/** The head of a body of that length. */
export function withLength(head: Head, bytes: number): Head {
  const framing = ['content-length', 'transfer-encoding'];
  const at = head.headers.findIndex(([name]) => framing.includes(name.toLowerCase()));
  const others = head.headers.filter(([name]) => !framing.includes(name.toLowerCase()));
  const place = at < 0 ? others.length : at;
  return { ...head, headers: [...others.slice(0, place), ['content-length', String(bytes)], ...others.slice(place)] };
}
