/** A value that is here, or one that comes from another process. */
export type MaybePromise<T> = T | Promise<T>;

/** Goes on with the value: at once when it is here, later when it is a promise. */
export function andThen<T, R>(value: MaybePromise<T>, goOn: (value: T) => R): R | Promise<Awaited<R>> {
  return isPromise(value) ? (value.then(goOn) as Promise<Awaited<R>>) : goOn(value);
}

/** The value itself. Throws an Error when it is a promise: for what a session answers whose state is in this process, but for batches. */
export function here<T>(value: MaybePromise<T>): T {
  if (isPromise(value)) throw new Error('the value has still to come');
  return value;
}

/** Whether the value has still to come. */
export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
