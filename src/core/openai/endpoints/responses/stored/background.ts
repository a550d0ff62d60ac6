import type { Effect, Write } from '../../../../wire/effect.ts';
import type { ReplyContext } from '../../../request/reply-context.ts';
import type { BackgroundRun, FoundResponse, StoredEvent, StoredResponse } from '../../../store/stored-response.ts';
import { printedBody } from '../response-json.ts';
import { restored } from './restored.ts';

type Phase = 'queued' | 'in_progress' | 'finished' | 'cancelled';

/** Where a response is on its way. `now` in milliseconds of the engine's clock. */
export function phaseOf({ background }: Pick<StoredResponse, 'background'>, now: number): Phase {
  if (background === undefined) return 'finished';
  if (background.isCancelled) return 'cancelled';
  if (now >= background.endsAt) return 'finished';
  return now < background.beginsAt ? 'queued' : 'in_progress';
}

/** The body that tells a response as it is at that time. */
export function bodyAt({ response }: Pick<FoundResponse, 'response'>, now: number): string {
  const { text, background } = response;
  const phase = phaseOf(response, now);
  if (phase === 'finished' || background === undefined) return finishedBody(text);
  return printedBody({ ...restored(background.begun), status: phase });
}

/** What was sent as a body is sent again as it was. An event had no `billing`, which a body has. */
function finishedBody(text: string): string {
  if (text.startsWith('{\n')) return text;
  const { id, object, created_at, status, background, ...rest } = restored(text);
  return printedBody({ id, object, created_at, status, background, billing: { payer: 'developer' }, ...rest });
}

/** The events of a response, each when it is there. Those up to the number `after` are left out. */
export function* playedEvents(
  { events, isCancelled }: BackgroundRun,
  after: number,
  { clock }: Pick<ReplyContext, 'clock'>,
): Iterable<Effect> {
  for (const { data, kind, at } of events.slice(after + 1)) {
    const ms = at - clock.now();
    // Of a response that was cancelled no more comes.
    if (ms > 0 && isCancelled) break;
    if (ms > 0) yield { type: 'wait', ms };
    yield { type: 'write', data, event: kind };
  }
}

/** The events that effects stand for, with the waits between them as the times when they are there. `elapsedMs` tells how much of them is over. */
export function scheduled(startsAt: number, effectsOf: (elapsedMs: () => number) => Iterable<Effect>): readonly StoredEvent[] {
  const events: StoredEvent[] = [];
  let at = startsAt;
  for (const effect of effectsOf(() => at - startsAt)) {
    if (effect.type === 'wait') at += effect.ms;
    else if (effect.type === 'write') events.push(eventOf(effect, at));
  }
  return events;
}

function eventOf({ data, event = 'progress' }: Write, at: number): StoredEvent {
  return { data: String(data), kind: event, at };
}
