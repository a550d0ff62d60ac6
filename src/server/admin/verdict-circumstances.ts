import type { RunContext } from '../../core/backoff/kit/rule-evidence.ts';
import type { Engine } from '../../session/engine.ts';
import type { Session } from '../../session/session.ts';
import { whySilent } from './why-silent.ts';

/** What is known beside the journal when somebody asks for a verdict. `ended`: the client is done, nothing more will come. */
export function circumstancesOf(session: Session, engine: Engine, { ended }: { readonly ended: boolean }): Partial<RunContext> {
  const silence = whySilent(session, engine);
  return {
    ...(ended ? { clientEndedAt: session.now } : {}),
    ...(silence === undefined ? {} : { silence }),
  };
}
