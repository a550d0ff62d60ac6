import type { MockServer } from '../server/start.ts';
import type { Session } from '../session/session.ts';

const HEADERS = { 'content-type': 'application/json' };
const HEALTHY = { scenario: { name: 'warm-up' } };

/** A session in which nothing fails, for calls that nobody counts. */
interface WarmUp {
  readonly session: Session;
  close(): Promise<void>;
}

/** Opens it by the admin API: where the mock is one of several replicas, all have to know it. */
export async function openWarmUp({ adminOrigin, engine }: Pick<MockServer, 'adminOrigin' | 'engine'>): Promise<WarmUp> {
  const sessions = `${adminOrigin}/__admin/sessions`;
  const response = await fetch(sessions, { method: 'POST', headers: HEADERS, body: JSON.stringify(HEALTHY) });
  const { id } = (await response.json()) as { readonly id?: string };
  const session = id === undefined ? undefined : engine.findSession(id);
  if (session === undefined) throw new Error(`the mock opened no session for the warm-up: ${response.status}`);
  return {
    session,
    async close() {
      const closed = await fetch(`${sessions}/${session.id}`, { method: 'DELETE' });
      await closed.arrayBuffer();
    },
  };
}
