/** How a user makes equal requests of a session tell of which call they are. */
export function tellingCallsApart(session: string): string {
  return (
    'if the program never makes the same call twice, say so: --calls unique, or calls: unique in expect; ' +
    `else give each call a base URL of its own, such as …/s/${session}/c/<test>/v1`
  );
}
