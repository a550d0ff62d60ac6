import type { Reply } from '../../../../wire/effect.ts';
import { answerLatencyMs, sampleLatencyMs } from '../../../content/latency.ts';
import type { ReplyContext } from '../../../request/reply-context.ts';
import type { BackgroundRun } from '../../../store/stored-response.ts';
import { textReply } from '../../../wire/json-reply.ts';
import { responseAnswer } from '../response-answer.ts';
import { printed, printedBody } from '../response-json.ts';
import { begunResponse, type ResponseIdentity } from '../response-object.ts';
import { printOf } from '../response-print.ts';
import { responseIdentity, SUCCESS } from '../response-reply.ts';
import { responseEvents, streamHead, streamSource } from '../response-stream.ts';
import { playedEvents, scheduled } from './background.ts';
import { keepResponse } from './keep-response.ts';

/** The answer to a request with `background: true`: at once, while the response comes about over the latency of the scenario. */
export function backgroundReply(context: ReplyContext): Reply {
  const { clock } = context;
  const answer = responseAnswer(context);
  const tokens = answer.items.reduce((total, item) => total + item.tokens, 0);
  const createdMs = clock.wall();
  const totalMs = answerLatencyMs(tokens, context);
  const identity = responseIdentity(answer, { createdMs, finishedMs: createdMs + totalMs }, context);
  const begun = begunResponse(answer.echo, identity, 'queued');
  const background: BackgroundRun = {
    beginsAt: clock.now() + answerLatencyMs(0, context),
    endsAt: clock.now() + totalMs,
    isCancelled: false,
    begun: printed(begun),
    events: [],
  };
  keepResponse(answer, identity, { text: printOf(answer).body(identity), background }, context);
  return textReply(SUCCESS, printedBody(begun), context);
}

/** The same as a stream, which can be taken up again where it was cut. All of its events are made before the first is sent. */
export function* backgroundStream(context: ReplyContext): Reply {
  const { clock, settings } = context;
  const answer = responseAnswer(context);
  const latencies = context.random('latency');
  const queuedMs = sampleLatencyMs(settings.latency.ttft, latencies);
  const source = streamSource(answer, latencies, { context, unchanged: false });
  const [createdMs, startsAt] = [clock.wall(), clock.now()];
  const ends: { readonly identity: ResponseIdentity; readonly text: string }[] = [];
  const events = scheduled(startsAt, (elapsedMs) =>
    responseEvents(answer, {
      ...source,
      createdMs,
      wall: () => createdMs + elapsedMs(),
      finished: (identity, text) => ends.push({ identity, text }),
      queuedMs,
    }),
  );
  const [end] = ends;
  if (end === undefined) throw new Error('the events of a response ended without it');
  const { identity, text } = end;
  const run: BackgroundRun = {
    beginsAt: startsAt + queuedMs,
    endsAt: events.at(-1)?.at ?? startsAt,
    isCancelled: false,
    begun: printed(begunResponse(answer.echo, identity, 'queued')),
    events,
  };
  keepResponse(answer, identity, { text, background: run }, context);
  yield streamHead(answer, context);
  yield* playedEvents(run, -1, context);
  yield { type: 'end' };
}
