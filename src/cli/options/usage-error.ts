/** The flags are wrong: shown as one line, without a stack trace; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The mock cannot start here: shown as one line, without a stack trace; exit code 3. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
