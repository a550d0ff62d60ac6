/** What decides is out of reach: the request was not decided. The message says it in a sentence. */
export class StateUnavailableError extends Error {
  override readonly name = 'StateUnavailableError';
}
