import type { Circumstances } from '../core/backoff/subject.ts';
import type { Engine } from '../engine/engine.ts';
import type { Session } from '../engine/session.ts';
import { whySilent } from './why-silent.ts';

/** What is known beside the journal when somebody asks for a verdict. `ended`: the client is done, nothing more will come. */
export function circumstancesOf(
  session: Session,
  engine: Engine,
  { ended }: { readonly ended: boolean },
): Partial<Circumstances> {
  const silence = whySilent(session, engine);
  return {
    ...(ended ? { clientEndedAt: session.now } : {}),
    ...(silence === undefined ? {} : { silence }),
  };
}
