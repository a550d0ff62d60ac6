import type { StreamFollower, StreamGrammar } from '../openai/wire/stream-grammar.ts';
import type { Reply } from '../wire/effect.ts';

/** A stream in which a fault writes events of its own: the follower knows what was sent before them. */
export function* followed(grammar: StreamGrammar | undefined, change: (follower: StreamFollower | undefined) => Reply): Reply {
  const follower = grammar?.follow();
  for (const effect of change(follower)) {
    if (effect.type === 'write') follower?.note(effect);
    yield effect;
  }
}
