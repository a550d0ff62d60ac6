import { plural } from '../../core/text/plural.ts';
import type { Engine } from '../../session/engine.ts';
import type { Session } from '../../session/session.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];
/** Other sessions that are named. */
const NAMED = 3;

/** Where requests may have gone that did not come to the session; undefined when one came, or nothing is known. */
export function whySilent(session: Session, engine: Engine): string | undefined {
  if (session.startedAt !== undefined) return undefined;
  const others = engine.sessions.filter((other) => other !== session && other.startedAt !== undefined);
  if (others.length === 0) return undefined;
  const named = others.slice(0, NAMED).map(({ id, kept }) => `${id} (${kept})`);
  const more = others.length > NAMED ? ` and ${others.length - NAMED} more` : '';
  return `Requests went to ${plural(others.length, 'other session')}: ${named.join(', ')}${more}`;
}

/** What a proxy in the environment may do to requests to the mock; undefined where none does. */
export function proxyText(environment: Environment): string | undefined {
  const named = PROXIES.flatMap((name) => [name, name.toLowerCase()]).filter((name) => (environment[name] ?? '') !== '');
  const [first] = named;
  return first === undefined
    ? undefined
    : `${first} is set: a client that does not heed NO_PROXY sends its requests to that proxy`;
}
