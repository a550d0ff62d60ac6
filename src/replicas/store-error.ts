/** The store cannot be used: the message says why, in a line. */
export class StoreError extends Error {
  override readonly name: string = 'StoreError';
}

/** The store is not what the flags take it for. */
export class StoreUsageError extends StoreError {
  override readonly name = 'StoreUsageError';
}
