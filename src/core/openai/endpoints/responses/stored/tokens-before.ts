import type { ReplyContext } from '../../../request/reply-context.ts';

/** Tokens of what was said before the request, in its chain or its conversation. */
export function tokensBefore({ found }: Pick<ReplyContext, 'found'>): number {
  return found?.is === 'turn' ? found.context.tokens : 0;
}
