import type { DeclaredCalls } from '../../correlation/declared-calls.ts';

/** How a user makes equal requests of a session tell their calls apart; `declared` is what is said of them already. */
export function tellingCallsApart(session: string, declared?: DeclaredCalls): string {
  const path = `give each call a base URL of its own, such as …/s/${session}/c/<test>/v1`;
  if (declared !== undefined) return path;
  return (
    'if the program never makes the same call twice, say so: --calls unique, or calls: unique in expect; ' +
    `if you know how many calls it makes, --calls N; else ${path}`
  );
}
