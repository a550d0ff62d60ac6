/** Thrown where one more session is needed than there is room for. Its message says how to make some. */
export class SessionsFullError extends Error {
  override readonly name = 'SessionsFullError';
}
