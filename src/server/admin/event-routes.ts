import { type Context, Hono } from 'hono';
import { unknownName } from '../../core/schema/fields.ts';
import type { Session } from '../../session/session.ts';
import { EVENT_KINDS, type EventHub, type EventKind, MAX_LISTENERS } from './event-hub.ts';
import { problem } from './problem-response.ts';
import { queryOf } from './query-of.ts';

/** `RUN.NUMBER`: the id of the last event that was heard. */
const LAST_ID = /^[0-9a-f]{8}\.\d{1,15}$/;

/** What is sent of a session as it happens, as Server-Sent Events. */
export function eventRoutes(hub: EventHub, sessionOf: (c: Context) => Session): Hono {
  const routes = new Hono();
  routes.get('/events', queryOf('only', 'fields', 'last_event_id'), (c) => {
    const names = c.req.query('only')?.split(',') ?? EVENT_KINDS;
    const unknown = names.find((name) => !isKind(name));
    if (unknown !== undefined) return problem(c, 400, 'only is wrong.', unknownName('kind of event', unknown, EVENT_KINDS));
    const lastId = c.req.header('last-event-id') ?? c.req.query('last_event_id');
    if (lastId !== undefined && !LAST_ID.test(lastId))
      return problem(c, 400, 'The last event id is wrong.', 'It is the id of the last event that was heard, as it was sent.');
    if (hub.isFull) return problem(c, 503, 'Too many listen.', `At most ${MAX_LISTENERS} listen at once.`);
    const kinds = new Set(names.filter(isKind));
    const fields = c.req.query('fields')?.split(',');
    const body = hub.listen(sessionOf(c), {
      kinds,
      ...(fields && { fields }),
      since: lastId === undefined ? undefined : numberIn(lastId, hub.run),
    });
    return c.body(body, 200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
  });
  return routes;
}

function isKind(name: string): name is EventKind {
  return EVENT_KINDS.some((kind) => kind === name);
}

/** Of another run, nothing is known here. */
function numberIn(lastId: string, run: string): number {
  const [of = '', number = ''] = lastId.split('.');
  return of === run ? Number(number) : 0;
}
