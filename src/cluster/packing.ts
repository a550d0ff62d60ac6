import { HEADERS_OF_INTEREST } from '../core/journal/entry.ts';
import type { FromWorker, ToWorker } from './messages.ts';

/** The request headers that travel. */
export const SENT_HEADERS: readonly string[] = [...HEADERS_OF_INTEREST, 'authorization'];

/** Fields in the order in which their values travel; with the fields of a field that is an object itself. */
type Shape = readonly (string | readonly [string, Shape])[];

const CONNECTION: Shape = ['id', 'acceptedAt', 'requests', 'remotePort', 'open'];
const REQUEST: Shape = [
  'method',
  'target',
  ['headers', SENT_HEADERS],
  'body',
  'headersAt',
  'bodyEndAt',
  ['connection', CONNECTION],
];
const NAMES: Shape = ['pathCall', 'path', 'fingerprint', 'bodySha256', 'endpoint', 'model', 'stream'];
const FACTS: Shape = ['speaking', 'streamed', 'keyScope', 'modelScope'];
const RECOGNITION: Shape = ['call', 'attempt', 'evidence', 'certainty', 'drawKey'];
const HEAD: Shape = ['t_firstByteBefore', 'status', 'errorCode', 'errorType', 'hint', 'shouldRetry', 'paceDueAt'];
const PERFORMED: Shape = ['lastByteAt', 'clientCloseAt', 'closedBy', 'closedHow', 'bytesOut', 'chunksOut', 'eventsOut'];

/**
 * The messages that every request needs. They travel as lists of values: the names of their fields would cost more on the
 * way than all that is done with them.
 */
const SHAPES = new Map<unknown, Shape>([
  [
    'decide',
    ['ref', 'session', 'plan', ['request', REQUEST], ...NAMES, 'failsAt', 'limited', 'forced', 'preset', ['facts', FACTS]],
  ],
  ['decided', ['ref', ['ruling', [['recognition', RECOGNITION], 'taken', 'applied']], 'placed']],
  ['exchange progress', ['ref', ['head', HEAD], ['end', [['performed', PERFORMED], 'endedAt', 'unused']]]],
]);

type Fields = Readonly<Record<string, unknown>>;

/** The message as it travels. */
export function pack(message: FromWorker | ToWorker): unknown {
  const shape = SHAPES.get(message.kind);
  return shape === undefined ? message : values(message as unknown as Fields, shape, [message.kind]);
}

/** The message as it was before it was packed; of fields without a value it may have fewer. */
export function unpack<Message extends FromWorker | ToWorker>(packed: unknown): Message {
  if (!Array.isArray(packed)) return packed as Message;
  const kind: unknown = packed[0];
  return fields(packed, SHAPES.get(kind) ?? [], { kind }) as unknown as Message;
}

function values(from: Fields, shape: Shape, list: unknown[] = []): unknown[] {
  for (const field of shape) {
    if (typeof field === 'string') list.push(from[field]);
    else {
      const inner = from[field[0]] as Fields | undefined;
      list.push(inner && values(inner, field[1]));
    }
  }
  return list;
}

/** The values are the last of the list. */
function fields(list: readonly unknown[], shape: Shape, made: Record<string, unknown> = {}): Fields {
  let at = list.length - shape.length;
  for (const field of shape) {
    const value = list[at++];
    if (value === undefined) continue;
    if (typeof field === 'string') made[field] = value;
    else made[field[0]] = fields(value as unknown[], field[1]);
  }
  return made;
}
