/** Resolves after that many milliseconds, or when the signal is aborted. Never rejects. */
export function pause(ms: number, signal?: AbortSignal): Promise<undefined> {
  if (signal?.aborted === true || ms <= 0) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve(undefined);
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}
