import { maskKey } from './mask-key.ts';

/** The key as it may be shown to people who may not know it: masked, and short ones, which OpenAI prints whole, hidden. */
export function hideKey(key: string): string {
  return key.length > 12 ? maskKey(key) : '*'.repeat(key.length);
}
