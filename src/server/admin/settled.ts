import type { Session } from '../../session/session.ts';

/** The longest that a request of the admin API waits. */
export const MAX_SETTLE_MS = 10_000;

/** Resolves when no request of the session is being answered, or when the time is over. */
export async function settled(session: Session, timeoutMs: number): Promise<void> {
  if (session.inFlight === 0) return;
  let timer: NodeJS.Timeout | undefined;
  const isOver = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs).unref();
  });
  await Promise.race([session.idle(), isOver]);
  clearTimeout(timer);
}
